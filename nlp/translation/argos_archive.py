"""An `.argosmodel` file, which may come from anywhere, is looked through and unpacked without being believed."""

import json
import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

METADATA, MODEL = "metadata.json", "model/model.bin"
TOKENIZERS = ("sentencepiece.model", "bpe.model")
# What a package may hold besides, such as pickled sentence splitters, is left behind.
_WANTED = ("model/", *TOKENIZERS, METADATA, "README.md")
_FILES_AT_MOST = 500
# The largest package of the public index is a tenth of this.
_BYTES_AT_MOST = 2_000_000_000
_METADATA_BYTES = 1_000_000
_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,8})?")
_VERSION = re.compile(r"\d[\w.+-]{0,30}")
_CHUNK = 1 << 20


class PackageRefusedError(RuntimeError):
    """A package cannot be trusted or used; the message says why. Nothing was changed."""


@dataclass(frozen=True)
class Metadata:
    """What a package says of itself: language codes as engines write them, and what every translation begins with."""

    source: str
    target: str
    version: str
    target_prefix: str


def read_metadata(folder: Path) -> Metadata:
    """Read the description in an unpacked package, and see that its parts are there. Raises PackageRefusedError."""
    path = folder / METADATA
    if not path.is_file():
        raise PackageRefusedError(f"it has no {METADATA}: it is no Argos Translate package")
    if path.stat().st_size > _METADATA_BYTES:
        raise PackageRefusedError(f"its {METADATA} is too large to be one")
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise PackageRefusedError(f"its {METADATA} cannot be read ({error})") from error
    metadata = _metadata(found)
    if not (folder / MODEL).is_file():
        raise PackageRefusedError(f"it has no {MODEL}: only CTranslate2 models can be used")
    if not any((folder / name).is_file() for name in TOKENIZERS):
        raise PackageRefusedError(f"it has neither {' nor '.join(TOKENIZERS)}")
    return metadata


def unpack(archive: Path, to: Path) -> None:
    """Write the wanted parts of the one folder in `archive` into `to`. Raises PackageRefusedError; `to` may then be half filled."""
    if not zipfile.is_zipfile(archive):
        raise PackageRefusedError("it is no zip archive, as an .argosmodel file is")
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = _checked(opened.infolist())
            left = _BYTES_AT_MOST
            for entry, name in entries:
                with opened.open(entry) as source:
                    left -= _write(source, to / name, left)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise PackageRefusedError(f"the archive is broken ({error})") from error


def _metadata(found: Any) -> Metadata:
    if not isinstance(found, dict):
        raise PackageRefusedError(f"its {METADATA} is no description of a package")
    if found.get("type", "translate") != "translate":
        raise PackageRefusedError(f"it is a package of type {str(found['type'])[:40]!r}; only those that translate are used")
    values = {name: found.get(name) for name in ("from_code", "to_code", "package_version")}
    missing = [name for name, value in values.items() if not isinstance(value, str) or not value]
    if missing:
        raise PackageRefusedError(f"its {METADATA} lacks {', '.join(missing)}")
    source, target, version = (str(value) for value in values.values())
    # These three become the name of a folder.
    if not (_CODE.fullmatch(source) and _CODE.fullmatch(target) and _VERSION.fullmatch(version)):
        raise PackageRefusedError(f"its {METADATA} names no languages and version that can be used")
    return Metadata(source, target, version, str(found.get("target_prefix") or ""))


def _checked(entries: list[zipfile.ZipInfo]) -> list[tuple[zipfile.ZipInfo, str]]:
    """Refuse what no package needs; return the wanted files with their names inside the package's folder."""
    if len(entries) > _FILES_AT_MOST:
        raise PackageRefusedError(f"it holds {len(entries)} files, more than {_FILES_AT_MOST}")
    if sum(entry.file_size for entry in entries) > _BYTES_AT_MOST:
        raise PackageRefusedError(f"unpacked it is larger than {_BYTES_AT_MOST // 1_000_000} MB")
    for entry in entries:
        _refuse_unsafe(entry)
    tops = {PurePosixPath(entry.filename).parts[0] for entry in entries}
    if len(tops) != 1 or any("/" not in entry.filename for entry in entries):
        raise PackageRefusedError("it does not hold one folder, as a package does")
    prefix = f"{tops.pop()}/"
    files = [(entry, entry.filename.removeprefix(prefix)) for entry in entries if not entry.is_dir()]
    names = [name.casefold() for _, name in files]
    if len(set(names)) != len(names):
        raise PackageRefusedError("it holds two files of one name")
    return [(entry, name) for entry, name in files if name.startswith(_WANTED)]


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    name, mode = entry.filename, entry.external_attr >> 16
    # A name is cut at a zero byte when it is read, and may come with the separators of another system.
    if name != entry.orig_filename or "\\" in name or ":" in name or name.startswith("/") or not name.strip("/"):
        raise PackageRefusedError("it holds a file with an absolute or foreign path")
    if any(part in {"..", "."} for part in name.split("/")):
        raise PackageRefusedError("it holds a file that would be written outside its folder")
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise PackageRefusedError("it holds a link or a device instead of a file")
    if entry.flag_bits & 1:
        raise PackageRefusedError("it is encrypted")


def _write(source: IO[bytes], path: Path, bytes_left: int) -> int:
    """Copy at most `bytes_left`: the size that an archive gives may be a lie."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("xb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > bytes_left:
                raise PackageRefusedError(f"unpacked it is larger than {_BYTES_AT_MOST // 1_000_000} MB")
            file.write(chunk)
    return written
