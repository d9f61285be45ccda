"""The translation packages of an installation, in a folder of our own: installed whole or not at all, and checked by their hashes."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, ValidationError

from nlp.translation.argos_archive import METADATA, TOKENIZERS, PackageRefusedError, read_metadata, unpack

_CARD = "card.json"
_SUFFIX = ".argosmodel"
_CHUNK = 1 << 20


class _Card(BaseModel):
    """What was installed, as written beside it; `archive_sha256` is "" for a package that came as a folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    target: str
    version: str
    target_prefix: str
    archive_sha256: str
    files: dict[str, str]


@dataclass(frozen=True)
class Package:
    """An installed package. Codes are the engine's; `files` are hashes by name."""

    folder: Path
    source: str
    target: str
    version: str
    target_prefix: str
    archive_sha256: str
    files: dict[str, str]

    @property
    def name(self) -> str:
        """As stored with each translation: languages, version, and the beginning of a hash over all files."""
        return f"{self.source}-{self.target} {self.version} {self.digest}"

    @property
    def digest(self) -> str:
        """Eight digits that tell two builds of one version apart."""
        return hashlib.sha256("".join(f"{name}\0{self.files[name]}\n" for name in sorted(self.files)).encode()).hexdigest()[:8]

    @property
    def tokenizer(self) -> Path:
        """The file that its tokenizer is read from."""
        return next(self.folder / name for name in TOKENIZERS if name in self.files)

    def faults(self) -> tuple[str, ...]:
        """What is not as it was installed."""
        missing = [f"{name} is missing" for name in self.files if not (self.folder / name).is_file()]
        there = [name for name in self.files if (self.folder / name).is_file()]
        changed = [f"{name} has changed" for name in there if _sha256(self.folder / name) != self.files[name]]
        return (*missing, *changed)


class PackageShelf:
    """Installs, lists and removes packages in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def installed(self) -> tuple[Package, ...]:
        """All packages, by languages and then the newest version first; a folder that nobody installed is passed over."""
        folders = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        found = [package for folder in folders if not folder.name.startswith(".") and (package := _read(folder)) is not None]
        return tuple(sorted(found, key=lambda p: (p.source, p.target, [-number for number in _numbers(p.version)])))

    def state(self) -> tuple[str, ...]:
        """What changes when a package comes or goes, at the cost of listing a folder."""
        names = sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []
        return tuple(name for name in names if not name.startswith("."))

    def install(self, path: Path, *, sha256: str = "", probe: Callable[[Package], object]) -> Package:
        """Install an .argosmodel file or an unpacked package, after `probe` has seen it work.

        Raises PackageRefusedError, and whatever `probe` raises; nothing is changed then. The same package again finds itself installed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = _sha256(path) if path.is_file() else ""
        if sha256 and digest != sha256.lower():
            raise PackageRefusedError(f"its SHA-256 is {digest or 'not known: it is a folder'}, not {sha256.lower()}")
        with self._beside() as part:
            if path.is_dir():
                _copy(path, part)
            else:
                unpack(path, part)
            package = _describe(part, digest)
            probe(package)
            return self._put(package)

    def remove(self, package: Package) -> None:
        """Delete a package."""
        with self._beside() as part:
            package.folder.rename(part / "old")

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        """A folder beside the packages that is gone at the end: what is moved out of it in one step has never been half there."""
        part = self.folder / f".part-{uuid4().hex}"
        part.mkdir()
        try:
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _put(self, package: Package) -> Package:
        # The hash in the name lets two builds of one version lie beside each other for the moment of the change.
        target = self.folder / f"{package.source}_{package.target}-{package.version}-{package.digest}"
        if not target.exists():
            package.folder.rename(target)
        for other in self.installed():
            if (other.source, other.target) == (package.source, package.target) and other.folder != target:
                self.remove(other)
        found = _read(target)
        if found is None:
            raise PackageRefusedError(f"{target} is in the way")
        return found


def packages_in(path: Path) -> tuple[Path, ...]:
    """The packages that a path leads to: a file, an unpacked package, or all packages in a folder."""
    if path.is_file() or (path / METADATA).is_file():
        return (path,)
    if not path.is_dir():
        return ()
    return tuple(sorted(found for found in path.iterdir() if found.suffix == _SUFFIX or (found / METADATA).is_file()))


def _describe(folder: Path, archive_sha256: str) -> Package:
    """Read an unpacked package and write its card."""
    metadata = read_metadata(folder)
    files = {str(path.relative_to(folder)): _sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    card = _Card(
        source=metadata.source,
        target=metadata.target,
        version=metadata.version,
        target_prefix=metadata.target_prefix,
        archive_sha256=archive_sha256,
        files=files,
    )
    (folder / _CARD).write_text(card.model_dump_json(indent=1), encoding="utf-8")
    return Package(folder, **card.model_dump())


def _read(folder: Path) -> Package | None:
    try:
        card = _Card.model_validate_json((folder / _CARD).read_bytes())
    except (OSError, ValidationError):
        return None
    return Package(folder, **card.model_dump())


def _copy(source: Path, to: Path) -> None:
    """Copy a package's wanted files; links are not followed, since they lead wherever they like."""
    if any(path.is_symlink() for path in source.rglob("*")):
        raise PackageRefusedError("it holds a link instead of a file")
    for name in (METADATA, *TOKENIZERS, "README.md"):
        if (source / name).is_file():
            shutil.copyfile(source / name, to / name)
    if (source / "model").is_dir():
        shutil.copytree(source / "model", to / "model")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
