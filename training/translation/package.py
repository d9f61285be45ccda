"""An exported model becomes a package that Argos Translate and our own engine read: a zip named `.argosmodel`."""

import json
import shutil
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from training.translation.export import export
from training.translation.fit import VOCABULARY, Fitted

# A date that a zip can hold; the same content gives the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Metadata:
    """What `metadata.json` says, in Argos's words; codes as in its index."""

    from_code: str
    from_name: str
    to_code: str
    to_name: str
    package_version: str = "1.0"
    argos_version: str = "1.5"

    @property
    def folder(self) -> str:
        """The name of the folder inside, as Argos names it."""
        return f"translate-{self.from_code}_{self.to_code}-{self.package_version.replace('.', '_')}"


def write_package(fitted: Fitted, vocabulary: Path, tag: str, metadata: Metadata, readme: str, path: Path) -> None:
    """Write the package that reads texts of `tag` to `path`; `vocabulary` is the model file of the word pieces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as beside:
        root = Path(beside) / metadata.folder
        (root / "model").mkdir(parents=True)
        export(fitted.parameters, fitted.shape, fitted.vocabulary, tag, root / "model")
        shutil.copy(vocabulary, root / VOCABULARY)
        (root / "metadata.json").write_text(json.dumps(asdict(metadata), indent=1), encoding="utf-8")
        (root / "README.md").write_text(readme, encoding="utf-8")
        part = Path(beside) / path.name
        _zip(root, part)
        part.replace(path)


def _zip(root: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(root.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(str(file.relative_to(root.parent)), _DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, file.read_bytes())
