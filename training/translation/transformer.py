"""A compact transformer in JAX whose parameters bear the names of CTranslate2's specification, so that export is a walk.

Vaswani et al. 2017, with the norms before each layer and one table for all embeddings. A linear layer's weight is (out, in).
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from training.translation.vocabulary import PAD

# Nested dicts and lists of arrays.
Parameters = Any
# Longer texts are cut into sentences before they come here; CTranslate2 reads 1,024 pieces at most.
POSITIONS = 1024


@dataclass(frozen=True)
class Shape:
    """How large the model is; `layers` on each side, `heads` must divide `width`."""

    width: int
    hidden: int
    heads: int
    layers: int


def positions(width: int, length: int = POSITIONS) -> NDArray[np.float32]:
    """Sines and cosines of each position, shape (length, width)."""
    rates = np.exp(np.arange(0, width, 2) * (-np.log(10_000.0) / width))
    angles = np.arange(length)[:, None] * rates[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def initial(shape: Shape, pieces: int, seed: int) -> Parameters:
    """Draw parameters: Glorot for layers, a normal of 1/sqrt(width) for embeddings."""
    chance = np.random.default_rng(seed)
    width, hidden = shape.width, shape.hidden

    def linear(out: int, into: int, parts: int = 1) -> Parameters:
        bound = np.sqrt(6 / (out + into))
        weight = np.vstack([chance.uniform(-bound, bound, (out, into)) for _ in range(parts)])
        return {"weight": weight.astype(np.float32), "bias": np.zeros(out * parts, np.float32)}

    def norm() -> Parameters:
        return {"gamma": np.ones(width, np.float32), "beta": np.zeros(width, np.float32)}

    def attention(*parts: int) -> Parameters:
        return {"layer_norm": norm(), "linear": [linear(width, width, count) for count in (*parts, 1)]}

    def feed_forward() -> Parameters:
        return {"layer_norm": norm(), "linear_0": linear(hidden, width), "linear_1": linear(width, hidden)}

    encoder = [{"self_attention": attention(3), "ffn": feed_forward()} for _ in range(shape.layers)]
    decoder = [{"self_attention": attention(3), "attention": attention(1, 2), "ffn": feed_forward()} for _ in range(shape.layers)]
    return {
        "embedding": chance.normal(0, width**-0.5, (pieces, width)).astype(np.float32),
        "bias": np.zeros(pieces, np.float32),
        "encoder": {"layer": encoder, "layer_norm": norm()},
        "decoder": {"layer": decoder, "layer_norm": norm()},
    }


class _Dropout:
    """Drops numbers by chance while the model learns, each time others."""

    def __init__(self, rate: float, key: jax.Array | None) -> None:
        self._rate = rate
        self._key = key

    def __call__(self, x: jax.Array) -> jax.Array:
        if self._key is None or not self._rate:
            return x
        self._key, key = jax.random.split(self._key)
        # Eight bits of chance are enough for a rate in hundredths, and drawing more costs a tenth of a step.
        kept = jax.random.bits(key, x.shape, jnp.uint8) >= round(self._rate * 256)
        return jnp.where(kept, x / (1 - self._rate), 0.0)


def loss(
    parameters: Parameters,
    source: jax.Array,
    said: jax.Array,
    following: jax.Array,
    *,
    heads: int,
    smoothing: float = 0.0,
    dropout: float = 0.0,
    key: jax.Array | None = None,
) -> jax.Array:
    """Mean cross entropy of the next pieces in nats, with `smoothing` of the probability shared out among all pieces."""
    scores = jax.nn.log_softmax(logits(parameters, source, said, heads=heads, drop=_Dropout(dropout, key)))
    chosen = jnp.take_along_axis(scores, following[..., None], axis=-1)[..., 0]
    is_real = following != PAD
    each = (1 - smoothing) * chosen + smoothing * scores.mean(axis=-1)
    return -(each * is_real).sum() / jnp.maximum(is_real.sum(), 1)


def logits(parameters: Parameters, source: jax.Array, said: jax.Array, *, heads: int, drop: _Dropout | None = None) -> jax.Array:
    """Scores (n, t, pieces) of what comes after each piece of `said` (n, t), for the sentences `source` (n, s)."""
    drop = drop or _Dropout(0.0, None)
    is_source = (source != PAD)[:, None, None, :]
    is_past = jnp.tril(jnp.ones((said.shape[1], said.shape[1]), dtype=bool))[None, None]
    x = drop(_embed(parameters, source))
    for layer in parameters["encoder"]["layer"]:
        x = x + drop(_self_attention(layer["self_attention"], x, is_source, heads))
        x = x + drop(_feed_forward(layer["ffn"], x, drop))
    memory = _norm(parameters["encoder"]["layer_norm"], x)
    y = drop(_embed(parameters, said))
    for layer in parameters["decoder"]["layer"]:
        y = y + drop(_self_attention(layer["self_attention"], y, is_past, heads))
        y = y + drop(_cross_attention(layer["attention"], y, memory, is_source, heads))
        y = y + drop(_feed_forward(layer["ffn"], y, drop))
    bias: jax.Array = parameters["bias"]
    return _product(_norm(parameters["decoder"]["layer_norm"], y), parameters["embedding"]) + bias


def _embed(parameters: Parameters, numbers: jax.Array) -> jax.Array:
    table: jax.Array = parameters["embedding"]
    width = table.shape[1]
    return table[numbers] * jnp.sqrt(width) + positions(width, numbers.shape[1])


def _norm(norm: Parameters, x: jax.Array) -> jax.Array:
    gamma: jax.Array = norm["gamma"]
    beta: jax.Array = norm["beta"]
    centered = x - x.mean(axis=-1, keepdims=True)
    scale: jax.Array = jax.lax.rsqrt(jnp.square(centered).mean(axis=-1, keepdims=True) + 1e-5) * gamma
    return centered * scale + beta


def _linear(linear: Parameters, x: jax.Array) -> jax.Array:
    bias: jax.Array = linear["bias"]
    return _product(x, linear["weight"]) + bias


def _product(x: jax.Array, weight: jax.Array) -> jax.Array:
    """`x` times the transposed `weight`, multiplied with 16 bits: twice as fast, forward and back."""
    return (x.astype(jnp.bfloat16) @ weight.astype(jnp.bfloat16).T).astype(jnp.float32)


def _self_attention(layer: Parameters, x: jax.Array, mask: jax.Array, heads: int) -> jax.Array:
    queries, keys, values = jnp.split(_linear(layer["linear"][0], _norm(layer["layer_norm"], x)), 3, axis=-1)
    return _linear(layer["linear"][1], _attend(queries, keys, values, mask, heads))


def _cross_attention(layer: Parameters, x: jax.Array, memory: jax.Array, mask: jax.Array, heads: int) -> jax.Array:
    queries = _linear(layer["linear"][0], _norm(layer["layer_norm"], x))
    keys, values = jnp.split(_linear(layer["linear"][1], memory), 2, axis=-1)
    return _linear(layer["linear"][2], _attend(queries, keys, values, mask, heads))


def _attend(queries: jax.Array, keys: jax.Array, values: jax.Array, mask: jax.Array, heads: int) -> jax.Array:
    def divided(x: jax.Array) -> jax.Array:
        return x.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)

    q, k, v = map(divided, (queries, keys, values))
    scores = jnp.where(mask, q @ k.swapaxes(-1, -2) * q.shape[-1] ** -0.5, -1e9)
    return (jax.nn.softmax(scores) @ v).transpose(0, 2, 1, 3).reshape(queries.shape)


def _feed_forward(layer: Parameters, x: jax.Array, drop: _Dropout) -> jax.Array:
    return _linear(layer["linear_1"], drop(jax.nn.relu(_linear(layer["linear_0"], _norm(layer["layer_norm"], x)))))
