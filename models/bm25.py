"""BM25 by bm25s, without JAX: where that is installed, bm25s starts it on import, with threads that no forked process survives."""

import sys

# Only while bm25s looks for it; whoever trains translation models still finds it, or has imported it already.
_was_loaded = "jax" in sys.modules
if not _was_loaded:
    sys.modules["jax"] = None  # type: ignore[assignment]
from bm25s import BM25  # noqa: E402 - After JAX is hidden.

if not _was_loaded:
    del sys.modules["jax"]

__all__ = ["BM25"]
