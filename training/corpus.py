"""Labelled messages as a city pack stores them: one TSV file a language, one message a row."""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ["kind", "label", "text", "english", "family", "channel", "writer", "tags"]
KINDS = frozenset({"service", "info", "status", "agent", "greeting", "emergency", "other"})


class CorpusError(ValueError):
    """A corpus file is broken; the message lists every fault as `file:line: what`."""


@dataclass(frozen=True)
class Row:
    """One labelled message.

    `label` is a service code, topic id, emergency kind or a finer word for the other kinds. Rows of one `family` say nearly the same
    and never straddle a split. `writer` is who wrote it, `tags` what is special (`nearmiss`, `codeswitch`, `noaccents`, `translit`, `typo`, `multi`);
    a tag `or=CODE` names another service that a skilled call-taker could as rightly open.
    """

    language: str
    kind: str
    label: str
    text: str
    english: str
    family: str
    channel: str
    writer: str
    tags: frozenset[str]

    @property
    def accepted(self) -> frozenset[str]:
        """The label and those that are as right."""
        return frozenset({self.label, *(tag.removeprefix("or=") for tag in self.tags if tag.startswith("or="))})


def read_corpus(folder: Path, languages: Iterable[str], services: Iterable[str]) -> list[Row]:
    """Read `<language>.tsv` of each language. Raises CorpusError on unknown kinds, services, or texts without words."""
    known = frozenset(services)
    rows: list[Row] = []
    faults: list[str] = []
    for language in languages:
        path = folder / f"{language}.tsv"
        if not path.exists():
            faults.append(f"{path}:1: the file is missing")
            continue
        for number, row in _rows(path, language, faults):
            rows.append(row)
            faults += [f"{path}:{number}: {fault}" for fault in _faults(row, known)]
    if faults:
        raise CorpusError("\n".join(faults))
    return rows


def fingerprint(rows: Iterable[Row]) -> str:
    """The SHA-256 over all rows in their order: what a bundle says it was trained on."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.language}\t{row.kind}\t{row.label}\t{row.family}\t{row.text}\t{row.english}\n".encode())
    return digest.hexdigest()


def _rows(path: Path, language: str, faults: list[str]) -> list[tuple[int, Row]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if reader.fieldnames != COLUMNS:
            faults.append(f"{path}:1: expected the columns {', '.join(COLUMNS)}")
            return []
        return [(reader.line_num, _row(language, reader.line_num, cells)) for cells in reader]


def _row(language: str, number: int, cells: dict[str, str | None]) -> Row:
    values = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    tags = frozenset(values.pop("tags").split())
    # A row without a family is one of its own.
    values["family"] = f"{language}:{values['label']}:{values['family'] or f'#{number}'}"
    return Row(language=language, tags=tags, **values)


def _faults(row: Row, services: frozenset[str]) -> list[str]:
    faults = []
    if row.kind not in KINDS:
        faults.append(f"unknown kind {row.kind!r}")
    if row.kind == "service":
        faults += [f"unknown service {code!r}" for code in sorted(row.accepted - services)]
    if not any(c.isalnum() for c in row.text):
        faults.append("the text has no words")
    return faults
