"""Pairs become a fitted transformer: on one thread, with checkpoints, so that it can be stopped and taken up again."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm import tqdm

from training.translation.data import LENGTHS, Batch, Numbers, Pair, batches
from training.translation.transformer import Parameters, Shape, initial, loss
from training.translation.vocabulary import Vocabulary, train_vocabulary

VOCABULARY = "sentencepiece.model"
_CHECKPOINT = "checkpoint.npz"
# The average of the last thousand steps or so is better than the last step.
_AVERAGED = 0.999


@dataclass(frozen=True)
class Recipe:
    """How a model is made; `tokens` is the size of a batch in pieces a side, `rate` the learning rate at its highest."""

    shape: Shape = field(default_factory=lambda: Shape(width=128, hidden=512, heads=4, layers=3))
    pieces: int = 6000
    coverage: float = 0.9995
    tokens: int = 2048
    lengths: tuple[tuple[int, int], ...] = LENGTHS
    epochs: int = 30
    rate: float = 2e-3
    warmup: int = 800
    dropout: float = 0.1
    smoothing: float = 0.1
    sampling: float = 0.05
    seed: int = 311


@dataclass(frozen=True)
class Fitted:
    """A fitted transformer; `checked` is its loss in nats a piece on sentences that it has not learned (without smoothing)."""

    parameters: Parameters
    shape: Shape
    vocabulary: Vocabulary
    epochs: int
    checked: float


class _State(NamedTuple):
    """All that a checkpoint keeps."""

    parameters: Parameters
    optimizer: Any
    averaged: Parameters
    best: Parameters
    checked: Any
    epoch: Any
    steps: Any


def use_one_thread(compiled: Path | None = None) -> None:
    """Tell JAX to leave the other cores alone, and to keep compiled programs in a folder; to be called before it computes anything."""
    os.environ.setdefault("NPROC", "1")
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    config: Any = jax.config
    config.update("jax_platforms", "cpu")
    # The default generator of chance takes a third of a step on a processor without its instructions.
    config.update("jax_default_prng_impl", "unsafe_rbg")
    if compiled is not None:
        config.update("jax_compilation_cache_dir", str(compiled))


def fit(
    pairs: Sequence[Pair],
    checks: Sequence[Pair],
    recipe: Recipe,
    folder: Path,
    *,
    minutes: float = inf,
    is_shown: bool = True,
) -> Fitted:
    """Fit a model, or go on where `folder` has a checkpoint of the same recipe and pairs; keep the epoch that does best on `checks`.

    No epoch begins after `minutes`; call again to go on. Progress is shown and checkpoints are written unless `is_shown` says no.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _vocabulary(pairs, recipe, folder)
    optimizer = _optimizer(recipe)
    parameters = initial(recipe.shape, len(vocabulary), recipe.seed)
    state = _State(parameters, optimizer.init(parameters), parameters, parameters, jnp.float32(jnp.inf), 0, 0)
    state = _read(folder / _CHECKPOINT, state, fingerprint := _fingerprint(pairs, recipe))
    step, check = _compiled(recipe, optimizer)
    end = time.monotonic() + minutes * 60
    for epoch in range(int(state.epoch), recipe.epochs):
        if time.monotonic() > end:
            break
        found = _batches(pairs, vocabulary, recipe, seed=recipe.seed + epoch, sampling=recipe.sampling)
        bar = tqdm(found, desc=f"epoch {epoch + 1} of {recipe.epochs}", unit="batch", disable=not is_shown, mininterval=5)
        state = _epoch(state, bar, step, recipe.seed)
        state = _checked(state, checks, vocabulary, recipe, check)._replace(epoch=epoch + 1)
        if is_shown:
            _write(folder / _CHECKPOINT, state, fingerprint)
            print(f"epoch {epoch + 1}: at best {float(state.checked):.3f} nats a piece on other sentences", flush=True)
    return Fitted(jax.tree.map(np.asarray, state.best), recipe.shape, vocabulary, int(state.epoch), float(state.checked))


def _vocabulary(pairs: Sequence[Pair], recipe: Recipe, folder: Path) -> Vocabulary:
    path = folder / VOCABULARY
    texts = [text for pair in pairs for text in (pair.text, pair.translation)]
    train_vocabulary(texts, sorted({pair.tag for pair in pairs}), pieces=recipe.pieces, coverage=recipe.coverage, path=path)
    return Vocabulary.load(path)


def _batches(
    pairs: Sequence[Pair], vocabulary: Vocabulary, recipe: Recipe, *, seed: int | None = None, sampling: float = 0.0
) -> Iterator[Batch]:
    return batches(pairs, vocabulary, tokens=recipe.tokens, seed=seed, sampling=sampling, lengths=recipe.lengths)


def _optimizer(recipe: Recipe) -> optax.GradientTransformation:
    def schedule(step: Any) -> jax.Array:
        """Rise to the highest rate, then fall with the root of the steps: good at whatever epoch one stops (Vaswani et al.)."""
        return recipe.rate * jnp.minimum(step / recipe.warmup, jnp.sqrt(recipe.warmup / jnp.maximum(step, 1)))

    return optax.chain(optax.clip_by_global_norm(1.0), optax.adam(schedule, b1=0.9, b2=0.98, eps=1e-9))


_Step = Callable[[_State, Numbers, Numbers, Numbers, jax.Array], tuple[_State, jax.Array]]
_Check = Callable[[Parameters, Numbers, Numbers, Numbers], jax.Array]


def _compiled(recipe: Recipe, optimizer: optax.GradientTransformation) -> tuple[_Step, _Check]:
    """One step of learning, and the plain loss of a batch."""
    plain = partial(loss, heads=recipe.shape.heads)

    def step(state: _State, source: jax.Array, said: jax.Array, following: jax.Array, key: jax.Array) -> tuple[_State, jax.Array]:
        learning = partial(plain, smoothing=recipe.smoothing, dropout=recipe.dropout, key=key)
        found, slope = jax.value_and_grad(learning)(state.parameters, source, said, following)
        updates, inner = optimizer.update(slope, state.optimizer, state.parameters)
        parameters = optax.apply_updates(state.parameters, updates)
        kept = jnp.minimum(_AVERAGED, (1 + state.steps) / (10 + state.steps))
        averaged = jax.tree.map(lambda old, new: kept * old + (1 - kept) * new, state.averaged, parameters)
        return state._replace(parameters=parameters, optimizer=inner, averaged=averaged, steps=state.steps + 1), found

    return jax.jit(step), jax.jit(plain)


def _epoch(state: _State, bar: Any, step: _Step, seed: int) -> _State:
    key = jax.random.key(seed)
    for count, batch in enumerate(bar):
        state, found = step(state, batch.source, batch.said, batch.next, jax.random.fold_in(key, state.steps))
        if count % 50 == 0:
            bar.set_postfix(loss=f"{float(found):.3f}", refresh=False)
    return state


def _checked(state: _State, checks: Sequence[Pair], vocabulary: Vocabulary, recipe: Recipe, check: _Check) -> _State:
    """Keep the averaged parameters where they do better than any before."""
    total, pieces = 0.0, 0
    for batch in _batches(checks, vocabulary, recipe):
        count = _pieces(batch)
        total += float(check(state.averaged, batch.source, batch.said, batch.next)) * count
        pieces += count
    found = total / max(pieces, 1)
    if found >= float(state.checked):
        return state
    return state._replace(best=state.averaged, checked=jnp.float32(found))


def _pieces(batch: Batch) -> int:
    return int((batch.next > 0).sum())


def _fingerprint(pairs: Sequence[Pair], recipe: Recipe) -> str:
    return hashlib.sha256(repr((recipe, *pairs)).encode()).hexdigest()


def _read(path: Path, state: _State, fingerprint: str) -> _State:
    """The state of a checkpoint, if it is one of these pairs and this recipe."""
    if not path.exists():
        return state
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["fingerprint"]) != fingerprint:
            return state
        leaves = [stored[f"leaf{index}"] for index in range(len(jax.tree.leaves(state)))]
    restored: _State = jax.tree.unflatten(jax.tree.structure(state), leaves)
    return restored


def _write(path: Path, state: _State, fingerprint: str) -> None:
    """Write beside and rename, so that a stop leaves the checkpoint before."""
    part = path.with_name("part.npz")
    leaves: dict[str, Any] = {f"leaf{index}": np.asarray(leaf) for index, leaf in enumerate(jax.tree.leaves(state))}
    np.savez(part, fingerprint=np.array(fingerprint), **leaves)
    part.replace(path)
