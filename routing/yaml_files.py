"""YAML files of a city pack, read into validated values with errors that name file and line."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

T = TypeVar("T")
# YAML 1.2, in which "no" is a word and not a truth value.
_YAML = YAML(typ="safe", pure=True)


class PackError(ValueError):
    """A city pack is broken. The message lists every fault as `file:line: where: what`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Strict(BaseModel):
    """The base of everything read from a pack: unknown keys are errors, values are frozen."""

    model_config = {"extra": "forbid", "frozen": True}


def read_yaml(path: Path, shape: type[T]) -> T:
    """Read `path` as `shape`. Raises PackError with a line for each fault."""
    try:
        return TypeAdapter(shape).validate_python(_YAML.load(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, MarkedYAMLError, ValidationError) as error:
        # Only a broken file is read a second time, with the line of every node.
        node = _compose(path)
        faults = error.errors() if isinstance(error, ValidationError) else []
        raise PackError([_fault(path, node, fault) for fault in faults]) from error


def line_of(path: Path, *keys: str | int) -> str:
    """Return `file:line` of the node that `keys` lead to, for checks across files."""
    return f"{path}:{_line(_compose(path), keys)}"


def _compose(path: Path) -> Node | None:
    try:
        node: Node | None = _YAML.compose(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PackError([f"{path}:1: the file is missing"]) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError([f"{path}:{line}: {error.problem or 'no YAML'}"]) from error
    return node


def _fault(path: Path, node: Node | None, fault: Any) -> str:
    keys = tuple(fault["loc"])
    where = ".".join(str(key) for key in keys) or "file"
    return f"{path}:{_line(node, keys)}: {where}: {fault['msg']}"


def _line(node: Node | None, keys: tuple[str | int, ...]) -> int:
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            break
        line, node = found
    return line


def _child(node: Node | None, key: str | int) -> tuple[int, Node] | None:
    """The line on which a key or an item stands, and its value."""
    if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
        item: Node = node.value[key]
        return item.start_mark.line + 1, item
    if isinstance(node, MappingNode):
        return next(((name.start_mark.line + 1, value) for name, value in node.value if name.value == str(key)), None)
    return None
