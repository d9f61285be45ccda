"""Insight as plain tables: what stands behind each chart, and what is downloaded."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from intake.console.insight import Insight, Share

Cell = str | int | float | None


@dataclass(frozen=True)
class InsightTable:
    """A titled table. `chart` is the column that its bars show, None where it has none; `is_share` where that runs from 0 to 1."""

    id: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: int | None = None
    is_share: bool = False

    @property
    def largest(self) -> float:
        """What a full bar stands for."""
        if self.is_share or self.chart is None:
            return 1.0
        return max([float(row[self.chart] or 0) for row in self.rows], default=0.0) or 1.0


def tables_of(insight: Insight) -> tuple[InsightTable, ...]:
    """All tables of the page, in its order."""
    volumes = insight.volumes
    return (
        _counts("days", "Messages a day", "", "Day", list(volumes.by_day.items())),
        _counts("channels", "Messages by channel", "", "Channel", list(volumes.by_channel.items())),
        _counts("languages", "Messages by language", "", "Language", list(volumes.by_language.items())),
        InsightTable(
            "channel-language",
            "Messages by channel and language",
            "",
            ("Channel", "Language", "Messages"),
            tuple((channel, language, count) for (channel, language), count in volumes.by_both.items()),
        ),
        _shares(
            "without-person",
            "Handled without a person",
            "Conversations of which nothing was put before a person.",
            ("Language", "Without a person", "Conversations", "Share"),
            insight.without_person,
        ),
        _shares(
            "corrected",
            "Corrected after opening",
            "Opened cases whose service a person changed.",
            ("Language", "Corrected", "Cases", "Share"),
            insight.corrected,
        ),
        InsightTable(
            "taken-for",
            "What was taken for what",
            "The ten most frequent corrections.",
            ("Opened as", "Corrected to", "Cases"),
            insight.corrected_services,
        ),
        _deadlines(insight),
        _shares(
            "accuracy",
            "Right at first, of what people reviewed",
            "Only what the machine was unsure of is reviewed: over all messages the share is higher.",
            ("Language", "Left as it was", "Reviewed", "Share"),
            insight.accuracy,
        ),
        _counts(
            "other",
            "Open cases in “Other”, by age",
            "They wait for somebody to say what they are.",
            "Age",
            list(insight.other_ages.items()),
        ),
        InsightTable(
            "unanswered",
            "Questions without an answer that helped",
            "The newest first, without personal data. “Article” is what did not help; empty where none fitted.",
            ("Asked", "Language", "Question", "Article"),
            tuple((f"{gap.at:%Y-%m-%d}", gap.language, gap.text, gap.article) for gap in insight.gaps),
        ),
    )


def write_csv(table: InsightTable) -> str:
    """A table as CSV. A cell that a spreadsheet would take for a formula is quoted with an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(table.columns)
    writer.writerows([[_safe(cell) for cell in row] for row in table.rows])
    return written.getvalue()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _counts(id_: str, title: str, note: str, column: str, rows: Sequence[tuple[str, int]]) -> InsightTable:
    return InsightTable(id_, title, note, (column, "Messages" if id_ != "other" else "Cases"), tuple(rows), chart=1)


def _shares(id_: str, title: str, note: str, columns: tuple[str, ...], shares: Sequence[Share]) -> InsightTable:
    rows = tuple((one.name, one.count, one.of, None if one.share is None else round(one.share, 3)) for one in shares)
    return InsightTable(id_, title, note, columns, rows, chart=3, is_share=True)


def _deadlines(insight: Insight) -> InsightTable:
    rows = [
        (one.department, one.on_time, one.late, one.still_open, round(one.on_time / one.due, 3) if one.due else None)
        for one in insight.deadlines
    ]
    return InsightTable(
        "deadlines",
        "Deadlines kept, by department",
        "Cases whose deadline fell into this time.",
        ("Department", "On time", "Closed late", "Late and open", "Share on time"),
        tuple(rows),
        chart=4,
        is_share=True,
    )
