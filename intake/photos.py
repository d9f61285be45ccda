"""Photos are checked by their content, made anew without what cameras add (place, time, owner), and kept by their hash."""

import hashlib
import io
from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from intake.errors import TellResident

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF")
_LONGEST_SIDE = 2048
# A small file can hold an image of billions of pixels; 60 million is more than any phone takes.
_PIXELS = 60_000_000


class PhotoShelf:
    """Keeps photos in a folder; the same photo twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        pillow_heif.register_heif_opener()

    def keep(self, content: bytes) -> str:
        """Store a photo as a clean JPEG and return its key. Raises TellResident where it is no photo that we read."""
        clean = _clean(content)
        key = f"{hashlib.sha256(clean).hexdigest()}.jpg"
        path = self._folder / key[:2] / key
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part")
            partial.write_bytes(clean)
            partial.rename(path)
        return key

    def read(self, key: str) -> bytes | None:
        """A stored photo, a JPEG; None where it is not there."""
        path = self._folder / key[:2] / key
        return path.read_bytes() if path.is_file() else None

    def erase(self, key: str) -> None:
        """Remove a photo; one that is not there is as good as removed."""
        (self._folder / key[:2] / key).unlink(missing_ok=True)


def _clean(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > _PIXELS:
                raise TellResident("photo-unreadable")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise TellResident("photo-unreadable") from error
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=85)
    return written.getvalue()
