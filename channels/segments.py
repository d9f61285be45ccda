"""How many parts a text message costs: the GSM 03.38 alphabet holds 160 letters in one part, everything else 70."""

from collections.abc import Sequence
from dataclasses import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Segments:
    """The alphabet that a text needs and the parts that it is billed as."""

    encoding: str
    count: int


def count_segments(text: str) -> Segments:
    """Count as carriers do: 160 or 153 a part in GSM-7, 70 or 67 UTF-16 units in UCS-2; no letter is cut in two."""
    if all(c in _GSM or c in _GSM_EXTENDED for c in text):
        return Segments("GSM-7", _parts([2 if c in _GSM_EXTENDED else 1 for c in text], 160, 153))
    return Segments("UCS-2", _parts([2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67))


def _parts(widths: Sequence[int], single: int, joined: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, filled = 1, 0
    for width in widths:
        if filled + width > joined:
            parts, filled = parts + 1, 0
        filled += width
    return parts
