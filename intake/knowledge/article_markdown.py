"""Articles as Markdown, for editors who write in a word processor or a wiki: out with export, back with import.

---
department: COB_PWD_SANI          (everything but the texts, as in the YAML file)
---
# en: Trash and recycling day     (language and title)
reviewed: 2026-11-22
The answer.
## variant holiday
The answer on holidays.
## questions
- when is trash day
## web
The longer answer.
"""

import re
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_LANGUAGE = re.compile(r"^# ([A-Za-z-]+): (.+)$", re.MULTILINE)
_SECTION = re.compile(r"^## (variant [\w-]+|questions|web)\s*$", re.MULTILINE)
_REVIEWED = re.compile(r"\Areviewed: (\d{4}-\d{2}-\d{2})\n")
Document = dict[str, Any]


class MarkdownError(ValueError):
    """The Markdown is no article; the message says what is missing."""


def read_document(path: Path) -> Document:
    """Read an article's YAML file as plain values, without checking it."""
    document: Document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return document


def write_document(document: Document, path: Path) -> None:
    """Write an article's YAML file, one line a text."""
    path.write_text(_dump(document), encoding="utf-8")


def to_markdown(document: Document) -> str:
    """Write an article as Markdown."""
    front = _dump({key: value for key, value in document.items() if key != "texts"})
    return f"---\n{front}---\n" + "".join(_language(code, text) for code, text in document["texts"].items())


def from_markdown(markdown: str, today: date) -> Document:
    """Read an article from Markdown; a text without a date counts as reviewed `today`. Raises MarkdownError."""
    markdown = markdown.replace("\r\n", "\n")
    front = _FRONT.match(markdown)
    if front is None:
        raise MarkdownError("1: no front matter; begin with --- and the lines from department on")
    try:
        document: Any = YAML(typ="safe", pure=True).load(front.group(1))
    except YAMLError as error:
        raise MarkdownError(f"1: the front matter is no YAML: {error}") from error
    parts = _LANGUAGE.split(markdown[front.end() :])
    if not isinstance(document, dict) or len(parts) < 4:
        raise MarkdownError(f"{front.group().count(chr(10)) + 1}: no language; begin each with a line such as '# en: The title'")
    texts = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return {**document, "texts": {code: _text(title.strip(), body.strip() + "\n", today) for code, title, body in texts}}


def _language(code: str, text: Document) -> str:
    lines = [f"\n# {code}: {text['title']}", f"reviewed: {text['reviewed']}", "", text["answer"]]
    for name, said in text.get("variants", {}).items():
        lines += ["", f"## variant {name}", said]
    lines += ["", "## questions", *(f"- {question}" for question in text.get("questions", []))]
    if text.get("web"):
        lines += ["", "## web", text["web"].rstrip()]
    return "\n".join(lines) + "\n"


def _text(title: str, body: str, today: date) -> Document:
    reviewed = _REVIEWED.match(body)
    answer, *sections = _SECTION.split(body[reviewed.end() if reviewed else 0 :])
    text: Document = {
        "reviewed": date.fromisoformat(reviewed.group(1)) if reviewed else today,
        "title": title,
        "answer": " ".join(answer.split()),
    }
    for name, said in zip(sections[::2], sections[1::2], strict=True):
        if name == "questions":
            text["questions"] = [line.removeprefix("- ").strip() for line in said.splitlines() if line.startswith("- ")]
        elif name == "web":
            text["web"] = said.strip() + "\n"
        else:
            text.setdefault("variants", {})[name.removeprefix("variant ")] = " ".join(said.split())
    return text


def _dump(document: Document) -> str:
    yaml = YAML()
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    target = StringIO()
    yaml.dump(_with_blocks(document), target)
    return target.getvalue()


def _with_blocks(value: Any) -> Any:
    """Texts of several lines are written as blocks."""
    if isinstance(value, dict):
        return {key: _with_blocks(part) for key, part in value.items()}
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value
