"""Open311's two ways to write an answer: XML, which every server must speak, and JSON in the Spark convention (no root, no wrappers)."""

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from xml.etree import ElementTree as ET

Content = None | str | bool | int | float | Sequence["Content"] | Mapping[str, "Content"]

# What XML calls the members of a list; JSON leaves them without a name.
_MEMBERS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
# XML 1.0 has no way to write other characters, not even escaped (https://www.w3.org/TR/xml/#charsets).
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(StrEnum):
    """A format, by the ending of the path that asks for it."""

    XML = "xml"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """What the answer's header says."""
        return "text/xml; charset=utf-8" if self is Format.XML else "application/json; charset=utf-8"


def write(root: str, content: Content, written_as: Format) -> bytes:
    """Write `content` as UTF-8; `root` names the XML document. It always parses, whatever residents wrote."""
    if written_as is Format.JSON:
        return writable(json.dumps(content, ensure_ascii=False, allow_nan=False)).encode()
    written: bytes = ET.tostring(_element(root, content), encoding="utf-8", xml_declaration=True)
    return written


def writable(text: str) -> str:
    """`text` without the characters that XML cannot hold: most control characters and half surrogates."""
    return _UNWRITABLE.sub("", text)


def _element(name: str, content: Content) -> ET.Element:
    element = ET.Element(name)
    match content:
        case None:
            pass
        case str():
            element.text = writable(content)
        case bool():
            element.text = "true" if content else "false"
        case int() | float():
            element.text = str(content)
        case Mapping():
            element.extend(_element(key, value) for key, value in content.items())
        case Sequence():
            element.extend(_element(_MEMBERS[name], member) for member in content)
    return element
