"""Services that residents tell apart by chance: an open case of one may be what a report of another is about."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from routing.catalog import Service
from routing.yaml_files import PackError, line_of, read_yaml

COMPATIBLE_FILE = "compatible.yaml"
_Group = Annotated[list[str], Field(min_length=2)]


def load_compatible(folder: Path, services: Mapping[str, Service]) -> dict[str, frozenset[str]]:
    """Read a pack's groups: for each service the others that it may be taken for. Raises PackError."""
    path = folder / COMPATIBLE_FILE
    groups = read_yaml(path, list[_Group])
    faults = [
        f"{line_of(path, index)}: {fault}"
        for index, group in enumerate(groups)
        for code in group
        if (fault := _fault(code, services))
    ]
    if faults:
        raise PackError(faults)
    return {code: frozenset(other for group in groups if code in group for other in group) - {code} for code in services}


def _fault(code: str, services: Mapping[str, Service]) -> str:
    if code not in services:
        return f"{code} is not in services.yaml"
    return f"{code} is sensitive: that somebody reported it is nobody else's business" if services[code].is_sensitive else ""
