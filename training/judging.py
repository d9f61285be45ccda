"""What a bundle makes of labelled messages, by the same rules and models that answer residents, beside what is right."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle, Count
from models.understanding import Kind
from nlp.folding import letters_worth
from nlp.normalize import Heard
from routing.city import City
from routing.comprehension import comprehend
from training.corpus import Row
from training.figures import Hits, count_slices, expected_calibration_error

# Three short words; two Chinese characters are worth about one.
_LETTERS_TO_TELL_A_LANGUAGE = 9
_BATCH = 256


@dataclass(frozen=True)
class Judged:
    """Rows with what was understood of them: arrays of length n_rows, `services` of shape (n_rows, 5), most probable first.

    `kind` is after the rules; `confidence` is that of the best service, `kind_confidence` that of the kind.
    """

    rows: Sequence[Row]
    languages: NDArray[np.str_]
    kinds: NDArray[np.str_]
    kind_confidence: NDArray[np.float64]
    services: NDArray[np.str_]
    confidence: NDArray[np.float64]
    departments: dict[str, str]
    groups: dict[str, str]


def judge(bundle: Bundle, rows: Sequence[Row], city: City, progress: Callable[[int], None] = lambda _: None) -> Judged:
    """Understand every row as a first message of a conversation; `progress` is told how many are done."""
    parts = comprehend(city, bundle)
    understood = []
    for start in range(0, len(rows), _BATCH):
        batch = [Heard(row.text, is_speech=row.channel == "voice") for row in rows[start : start + _BATCH]]
        understood += parts.understander.understand(parts.normalizer.normalize(batch))
        progress(len(batch))
    return Judged(
        rows,
        np.array([u.message.language.code for u in understood]),
        np.array([_spoken_of(u.kind) for u in understood]),
        np.array([u.confidence for u in understood]),
        np.array([[score.code for score in u.services] for u in understood]),
        np.array([u.services[0].confidence for u in understood]),
        {code: service.department for code, service in city.catalog.services.items()},
        {code: service.group for code, service in city.catalog.services.items()},
    )


def hits(judged: Judged) -> dict[str, tuple[Hits, Hits]]:
    """Each figure's name with what is right and what is counted: two arrays of length n_rows."""
    rows = judged.rows
    kinds = np.array([_kind_of(row) for row in rows])
    tagged = np.array(["nearmiss" in row.tags for row in rows])
    is_service, is_emergency = kinds == Kind.SERVICE, kinds == Kind.EMERGENCY
    called = judged.kinds == Kind.EMERGENCY
    first = [services[0] for services in judged.services]
    departments = [{judged.departments[code] for code in row.accepted} if row.kind == "service" else set() for row in rows]
    is_right = np.array([code in row.accepted for code, row in zip(first, rows, strict=True)])
    told = np.array([letters_worth(row.text) >= _LETTERS_TO_TELL_A_LANGUAGE for row in rows])
    return {
        "kind": (judged.kinds == kinds, np.ones(len(rows), dtype=bool)),
        "service": (is_right, is_service),
        "service_among_three": (
            np.array([bool(set(codes[:3]) & row.accepted) for codes, row in zip(judged.services, rows, strict=True)]),
            is_service,
        ),
        "department": (
            np.array([judged.departments[c] in right for c, right in zip(first, departments, strict=True)]),
            is_service,
        ),
        "emergencies_found": (called, is_emergency),
        "near_misses_left_calm": (~called, tagged & ~is_emergency),
        "calm_left_calm": (~called, ~is_emergency),
        "language": (judged.languages == np.array([row.language for row in rows]), told),
    }


def figures(judged: Judged) -> dict[str, dict[str, Count]]:
    """Count every figure for all messages and for each language and channel."""
    slices = slices_of(judged.rows)
    return {name: count_slices(right, counted, slices) for name, (right, counted) in hits(judged).items()}


def calibration(judged: Judged) -> dict[str, float]:
    """The expected calibration errors of the kind, and of the service where a message was understood as a report."""
    return {
        "kind": expected_calibration_error(judged.kind_confidence, hits(judged)["kind"][0]),
        "service": expected_calibration_error(*routed(judged)),
    }


def routed(judged: Judged) -> tuple[NDArray[np.float64], Hits]:
    """Return confidence and rightness of the messages that would be routed: those understood as a report."""
    chosen = judged.kinds == Kind.SERVICE
    right = np.array(
        [row.kind == "service" and codes[0] in row.accepted for codes, row in zip(judged.services, judged.rows, strict=True)]
    )
    return judged.confidence[chosen], right[chosen]


def only(judged: Judged, belongs: Callable[[Row], bool]) -> Judged:
    """Keep the rows that belong."""
    kept = [index for index, row in enumerate(judged.rows) if belongs(row)]
    return Judged(
        [judged.rows[index] for index in kept],
        judged.languages[kept],
        judged.kinds[kept],
        judged.kind_confidence[kept],
        judged.services[kept],
        judged.confidence[kept],
        judged.departments,
        judged.groups,
    )


def slices_of(rows: Sequence[Row]) -> dict[str, Callable[[int], bool]]:
    """The slices of every table: all, each language, each channel."""
    slices: dict[str, Callable[[int], bool]] = {"all": lambda _: True}
    for code in _distinct(row.language for row in rows):
        slices[code] = lambda position, code=code: rows[position].language == code  # type: ignore[misc]
    for channel in _distinct(row.channel for row in rows):
        slices[channel] = lambda position, channel=channel: rows[position].channel == channel  # type: ignore[misc]
    return slices


def _spoken_of(kind: Kind) -> str:
    """Thanks and small talk are told apart in the talk, not in the figures; a bare yes or number wants nothing by itself."""
    return Kind.OTHER if kind in (Kind.GREETING, Kind.COMMAND) else kind


def _kind_of(row: Row) -> str:
    return _spoken_of(Kind(row.kind))


def _distinct(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
