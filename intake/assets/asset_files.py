"""A city's files of assets, GeoJSON or CSV, read row by row; rows that cannot be used are told apart and do not stop the reading."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO
from unicodedata import category

from intake.assets.asset_store import Asset

COLUMNS = {"id": "id", "label": "label", "lat": "lat", "lon": "lon"}
_ID_LETTERS, _LABEL_LETTERS = 80, 120
_CHUNK = 1 << 16
_BLANK = " \t\r\n"
# Separators and ends of lines are blanks; other control characters and bytes that were no UTF-8 cannot be stored.
_UNSTORABLE = {"Cc", "Cs"}


class AssetFileError(ValueError):
    """A file that cannot be read at all, or not to its end; the message is `line: what`."""


@dataclass(frozen=True)
class Fault:
    """A row that was skipped, and why; `source_id` is empty where the row does not even tell its number."""

    line: int
    what: str
    source_id: str = ""


Row = Asset | Fault
Reader = Callable[[TextIO, Mapping[str, str]], Iterator[Row]]


def reader_for(suffix: str) -> Reader | None:
    """The reader for a file's ending, None where no reader knows it.

    Readers take text (opened with `newline=""` and `errors="surrogateescape"`) and a map from `id`, `label`, `lat`, `lon` to the
    file's own names; what the map leaves out is named as in COLUMNS. They raise AssetFileError.
    """
    return {".csv": read_csv, ".geojson": read_geojson, ".json": read_geojson}.get(suffix.lower())


def read_csv(file: TextIO, columns: Mapping[str, str]) -> Iterator[Row]:
    """Rows of comma-separated values under a line of names. Without a label, the id is the label."""
    records = _records(file)
    header = next(records, (1, []))[1]
    places = _places(header, columns)
    rows = _Rows()
    for line, record in records:
        if len(record) == len(header):
            found = {field: record[place] for field, place in places.items()}
            yield rows.read(line, found["id"], found.get("label"), (found["lat"], found["lon"]))
        elif record:
            yield Fault(line, f"{len(record)} columns where there should be {len(header)}")


def read_geojson(file: TextIO, columns: Mapping[str, str]) -> Iterator[Row]:
    """Points of a FeatureCollection (RFC 7946), of which one feature at a time is in memory.

    The map's `id` and `label` name properties; without an `id` there, a feature's own id is taken.
    """
    names = COLUMNS | dict(columns)
    rows = _Rows()
    for line, feature in _features(_JsonText(file)):
        members = _members_of(feature)
        properties = _members_of(members.get("properties"))
        source_id = properties.get(names["id"])
        if source_id is None and "id" not in columns:
            source_id = members.get("id")
        yield rows.read(line, source_id, properties.get(names["label"]), _point(members.get("geometry")))


class _Rows:
    """Makes assets of what rows say, and knows which ids were there."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}

    def read(self, line: int, raw_id: object, raw_label: object, point: tuple[object, object] | str) -> Row:
        """`point` is latitude and longitude, or why there is none."""
        source_id, label = _words(raw_id), _words(raw_label)
        if not source_id:
            return Fault(line, "no id")
        if len(source_id) > _ID_LETTERS or not _is_storable(source_id + label):
            return Fault(line, f"an id of over {_ID_LETTERS} letters, or characters that are no text")
        if source_id in self._lines:
            return Fault(line, f"the id {source_id} is on line {self._lines[source_id]} already", source_id)
        self._lines[source_id] = line
        place = point if isinstance(point, str) else _place(*point)
        if isinstance(place, str):
            return Fault(line, f"{source_id}: {place}", source_id)
        return Asset(source_id, (label or source_id)[:_LABEL_LETTERS], *place)


def _words(raw: object) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return ""
    # Exports write whole numbers as 17.0 where any row of the column is empty.
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() else " ".join(str(raw).split())


def _is_storable(words: str) -> bool:
    return (words.isascii() and words.isprintable()) or not any(category(letter) in _UNSTORABLE for letter in words)


def _place(raw_latitude: object, raw_longitude: object) -> tuple[float, float] | str:
    """Latitude and longitude, or what is wrong with them."""
    try:
        latitude, longitude = float(str(raw_latitude)), float(str(raw_longitude))
    except ValueError:
        return f"{_shown(raw_latitude)}, {_shown(raw_longitude)} are not two numbers"
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return f"{latitude}, {longitude} are not degrees of latitude and longitude"
    if latitude == longitude == 0:
        # Exports write zeros for a place that is not known.
        return "0, 0 is no place"
    return latitude, longitude


def _shown(raw: object) -> str:
    return repr(raw)[:40]


def _places(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where each field stands. Only a label that nobody asked for may be missing."""
    named = {field: columns.get(field, name) for field, name in COLUMNS.items()}
    missing = [name for field, name in named.items() if name not in header and (field != "label" or field in columns)]
    if missing:
        raise AssetFileError(f"1: no column {', '.join(missing)}; the columns are {', '.join(header)}")
    return {field: header.index(name) for field, name in named.items() if name in header}


def _records(file: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins."""
    lines = csv.reader(file)
    line = 1
    try:
        for record in lines:
            yield line, record
            line = lines.line_num + 1
    except csv.Error as error:
        raise AssetFileError(f"{line}: {error}") from error


def _members_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _point(geometry: Any) -> tuple[object, object] | str:
    members = _members_of(geometry)
    if members.get("type") != "Point":
        return f"the geometry is {members.get('type', 'missing')} and not Point"
    coordinates = members.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return "the point has no coordinates"
    return coordinates[1], coordinates[0]


def _features(text: "_JsonText") -> Iterator[tuple[int, Any]]:
    """The members of the collection's `features`, each with its line. What else the collection says is read over."""
    text.expect("{")
    found = False
    while not text.skip("}"):
        _, key = text.value()
        text.expect(":")
        if key == "features":
            found = True
            yield from _elements(text)
        else:
            text.value()
        text.skip(",")
    if not found:
        raise AssetFileError(f"{text.line}: no FeatureCollection")


def _elements(text: "_JsonText") -> Iterator[tuple[int, Any]]:
    text.expect("[")
    while not text.skip("]"):
        yield text.value()
        text.skip(",")


class _JsonText:
    """JSON read value by value, with no more in memory than the value that is being read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder()
        self.line = 1

    def expect(self, mark: str) -> None:
        """Step over a mark that must be there."""
        if not self.skip(mark):
            raise AssetFileError(f"{self.line}: {mark} is missing")

    def skip(self, mark: str) -> bool:
        """Step over a mark where it is the next thing."""
        self._skip_blanks()
        if not self._text.startswith(mark, self._at):
            return False
        self._at += 1
        return True

    def value(self) -> tuple[int, Any]:
        """The next value, and the line on which it begins."""
        self._skip_blanks()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if self._ended:
                    raise AssetFileError(f"{self.line}: the JSON is broken or ends here") from error
            else:
                # A number at the end of what is read may go on.
                if end < len(self._text) or self._ended:
                    break
            self._read_on()
        line, begin, self._at = self.line, self._at, end
        self.line += self._text.count("\n", begin, end)
        return line, value

    def _skip_blanks(self) -> None:
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self.line += self._text[self._at] == "\n"
                self._at += 1
            if self._at < len(self._text) or self._ended:
                return
            self._read_on()

    def _read_on(self) -> None:
        # Twice as much each time, or a value of many chunks would be tried again for each of them.
        more = self._file.read(max(_CHUNK, len(self._text) - self._at))
        self._text, self._at, self._ended = self._text[self._at :] + more, 0, not more
