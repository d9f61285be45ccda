"""One HTML file that says how good a bundle is: tables with counts, diagrams as SVG, the worst errors in full."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.bundle import Bundle, Count
from nlp.personal_data import redact
from training.corpus import Row
from training.figures import Bin, Routed, count_slices, interval, lowest_threshold, reliability, routing_curve, share
from training.judging import Judged, calibration, figures, hits, only, routed

PRECISION_WANTED = 0.97
_THRESHOLDS = tuple(step / 100 for step in range(100))
_PAIRS_SHOWN, _ERRORS_SHOWN = 25, 60


@dataclass(frozen=True)
class Error:
    """A message that was understood wrongly, with how sure the model was."""

    language: str
    text: str
    english: str
    expected: str
    found: str
    confidence: float


@dataclass(frozen=True)
class Suggested:
    """A language's lowest threshold with the wanted precision, and what goes on by itself at it."""

    language: str
    point: Routed


def write_report(bundle: Bundle, judged: Judged, path: Path) -> None:
    """Write the report on `judged` messages to `path`."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"share": _percent, "interval": _interval}
    confidences, right = routed(judged)
    page = environment.get_template("report.html").render(
        card=bundle.card,
        now=datetime.now(UTC),
        total=len(judged.rows),
        figures=figures(judged),
        calibration=calibration(judged),
        groups=_groups(judged),
        bins=_svg_bins(reliability(confidences, right)),
        curve=_svg_curve(routing_curve(confidences, right, _THRESHOLDS)),
        suggested=suggested_thresholds(judged),
        wanted=PRECISION_WANTED,
        pairs=_confusions(judged),
        errors=_worst(judged),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def suggested_thresholds(judged: Judged) -> list[Suggested]:
    """Choose each language's threshold from its cost curve: the lowest at which 97 % of what goes on by itself is right."""
    pooled = routing_curve(*routed(judged), _THRESHOLDS)
    found = []
    for language in sorted({row.language for row in judged.rows}):
        own = routing_curve(*routed(only(judged, lambda row, code=language: row.language == code)), _THRESHOLDS)  # type: ignore[misc]
        threshold = lowest_threshold(own, pooled, precision=PRECISION_WANTED)
        point = next((point for point in own if point.threshold == threshold), own[-1])
        found.append(Suggested(language, point))
    return found


def _groups(judged: Judged) -> dict[str, Count]:
    service, counted = hits(judged)["service"]
    names = sorted(set(judged.groups.values()))
    slices = {name: (lambda position, name=name: judged.groups.get(judged.rows[position].label) == name) for name in names}
    return count_slices(service, counted, slices)


def _confusions(judged: Judged) -> list[tuple[str, str, int]]:
    pairs: Counter[tuple[str, str]] = Counter()
    for row, codes in zip(judged.rows, judged.services, strict=True):
        if row.kind == "service" and codes[0] not in row.accepted:
            pairs[row.label, str(codes[0])] += 1
    return [(right, found, count) for (right, found), count in pairs.most_common(_PAIRS_SHOWN)]


def _worst(judged: Judged) -> list[Error]:
    """The errors that the model was surest of: wrong kinds and wrong services."""
    kind, _ = hits(judged)["kind"]
    errors = []
    for index, row in enumerate(judged.rows):
        code = str(judged.services[index][0])
        if not kind[index]:
            errors.append(_error(row, row.kind, str(judged.kinds[index]), judged.kind_confidence[index]))
        elif row.kind == "service" and code not in row.accepted:
            errors.append(_error(row, row.label, code, judged.confidence[index]))
    return sorted(errors, key=lambda error: -error.confidence)[:_ERRORS_SHOWN]


def _error(row: Row, expected: str, found: str, confidence: float) -> Error:
    return Error(row.language, redact(row.text), redact(row.english), expected, found, float(confidence))


def _svg_bins(bins: Sequence[Bin]) -> list[dict[str, float | int]]:
    """Bars of the reliability diagram in a square of 300 by 300, y downwards."""
    return [
        {
            "x": 300 * b.confidence,
            "y": 300 * (1 - b.accuracy),
            "r": 3 + min(9.0, b.count**0.5 / 3),
            "confidence": b.confidence,
            "accuracy": b.accuracy,
            "count": b.count,
        }
        for b in bins
    ]


def _svg_curve(curve: Sequence[Routed]) -> dict[str, object]:
    """The coverage–accuracy curve in a square of 300 by 300; the y axis begins at one half."""
    seen = [point for point in curve if point.precision.total]
    line = " ".join(f"{300 * share(p.coverage):.1f},{600 * (1 - share(p.precision)):.1f}" for p in seen)
    return {"line": line, "points": [point for point in seen if round(point.threshold * 100) % 10 == 0]}


def _percent(count: Count) -> str:
    return f"{share(count):.3f}"


def _interval(count: Count) -> str:
    bounds = interval(count)
    return f"{bounds.low:.3f}–{bounds.high:.3f}"
