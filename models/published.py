"""Which bundle a city's service answers with: an append-only list of publications beside the bundles."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

STARTER = "starter"
_FILE = "published.json"


class Publication(BaseModel):
    """One publication or rollback: what, when, by what reason, and the losses that were accepted with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Literal["publish", "rollback"]
    bundle: str
    version: str
    at: datetime
    reason: str
    losses: tuple[str, ...] = ()


_PUBLICATIONS = TypeAdapter(list[Publication])


def publications(bundles: Path) -> list[Publication]:
    """All publications of the city whose bundles lie in `bundles`, oldest first."""
    path = bundles / _FILE
    return _PUBLICATIONS.validate_json(path.read_bytes()) if path.exists() else []


def published_bundle(bundles: Path) -> str:
    """The name of the bundle in use: the last published one, the starter where none was."""
    listed = publications(bundles)
    return listed[-1].bundle if listed else STARTER


def record(bundles: Path, publication: Publication) -> None:
    """Append a publication; the file is replaced whole, so that a reader never sees half of it."""
    bundles.mkdir(parents=True, exist_ok=True)
    partial = bundles / f"{_FILE}.partial"
    partial.write_bytes(_PUBLICATIONS.dump_json([*publications(bundles), publication], indent=1))
    partial.replace(bundles / _FILE)


def before_last(bundles: Path) -> str | None:
    """The bundle that a rollback returns to: the last one in use that is not the present one; None where there is none."""
    listed = [STARTER, *(publication.bundle for publication in publications(bundles))]
    return next((name for name in reversed(listed[:-1]) if name != listed[-1]), None)
