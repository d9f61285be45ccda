"""A fitted transformer becomes a CTranslate2 model, its weights in eight bits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ctranslate2.specs import TransformerSpec

from training.translation.transformer import Parameters, Shape, positions
from training.translation.vocabulary import UNKNOWN, Vocabulary, piece_of


def export(parameters: Parameters, shape: Shape, vocabulary: Vocabulary, tag: str, folder: Path) -> None:
    """Write the model that reads texts of `tag` to `folder`, which must be there.

    Engines hand over the pieces of a text and nothing else. So the configuration asks CTranslate2 itself to put the tag
    before each text, as the "beginning of sentence"; packages of several languages share all else.
    """
    spec = TransformerSpec.from_config(shape.layers, shape.heads, pre_norm=True)
    for side in ("encoder", "decoder"):
        _fill(getattr(spec, side), parameters[side])
        getattr(spec, side).position_encodings.encodings = positions(shape.width)
    for table in (spec.encoder.embeddings[0], spec.decoder.embeddings, spec.decoder.projection):
        table.weight = np.array(parameters["embedding"])
    spec.decoder.projection.bias = np.array(parameters["bias"])
    spec.register_source_vocabulary(vocabulary.pieces)
    spec.register_target_vocabulary(vocabulary.pieces)
    spec.config.unk_token = vocabulary.pieces[UNKNOWN]
    spec.config.bos_token = piece_of(tag)
    spec.config.add_source_bos = True
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))


def _fill(spec: object, parameters: Parameters) -> None:
    """Give each array to the attribute of its name."""
    for name, value in parameters.items():
        if isinstance(value, dict):
            _fill(getattr(spec, name), value)
        elif isinstance(value, Sequence):
            for part, values in zip(getattr(spec, name), value, strict=True):
                _fill(part, values)
        else:
            # A copy, since quantization writes into it.
            setattr(spec, name, np.array(value))
