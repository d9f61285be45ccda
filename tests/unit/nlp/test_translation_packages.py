"""Packages come from anywhere: what is not one is refused with its reason, and nothing is changed then."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from nlp.translation import argos_archive
from nlp.translation.argos_archive import PackageRefusedError
from nlp.translation.argos_packages import Package, PackageShelf, packages_in

METADATA = {"package_version": "1.0", "from_code": "es", "to_code": "en", "type": "translate"}
FOLDER = "translate-es_en-1_0"
PARTS = {"metadata.json": json.dumps(METADATA), "model/model.bin": "a model", "sentencepiece.model": "pieces"}


def a_package(
    path: Path, parts: Mapping[str, str] = PARTS, *, folder: str = FOLDER, also: Mapping[str, str] | None = None
) -> Path:
    """Write an archive that looks like a package; `also` are entries by their full names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"{folder}/{name}", content)
        for name, content in (also or {}).items():
            archive.writestr(name, content)
    return path


def with_metadata(**changes: object) -> dict[str, str]:
    return {**PARTS, "metadata.json": json.dumps({**METADATA, **changes})}


def never(package: Package) -> None:
    """A package that was not tried out."""


@pytest.fixture
def shelf(tmp_path: Path) -> PackageShelf:
    return PackageShelf(tmp_path / "packages")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.argosmodel"


class TestInstalling:
    def test_a_package_is_installed_with_its_version_and_hashes(self, shelf: PackageShelf, path: Path) -> None:
        package = shelf.install(a_package(path), probe=never)
        assert shelf.installed() == (package,)
        assert package.name.startswith("es-en 1.0 ")
        assert len(package.archive_sha256) == 64
        assert set(package.files) == set(PARTS)
        assert package.faults() == ()

    def test_installed_again_it_is_there_once(self, shelf: PackageShelf, path: Path) -> None:
        first = shelf.install(a_package(path), probe=never)
        assert shelf.install(path, probe=never) == first
        assert len(shelf.installed()) == 1

    def test_a_newer_one_takes_the_place_of_the_older(self, shelf: PackageShelf, path: Path) -> None:
        shelf.install(a_package(path), probe=never)
        shelf.install(a_package(path, with_metadata(package_version="1.1")), probe=never)
        assert [package.version for package in shelf.installed()] == ["1.1"]

    def test_another_build_of_one_version_has_another_name(self, shelf: PackageShelf, path: Path) -> None:
        first = shelf.install(a_package(path), probe=never)
        second = shelf.install(a_package(path, {**PARTS, "model/model.bin": "another model"}), probe=never)
        assert first.name != second.name
        assert shelf.installed() == (second,)

    def test_an_unpacked_package_is_installed_from_its_folder(self, shelf: PackageShelf, path: Path, tmp_path: Path) -> None:
        with zipfile.ZipFile(a_package(path)) as archive:
            archive.extractall(tmp_path / "unpacked")
        package = shelf.install(tmp_path / "unpacked" / FOLDER, probe=never)
        assert package.archive_sha256 == ""
        assert package.faults() == ()

    def test_a_folder_of_packages_is_all_of_them(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            a_package(tmp_path / f"{name}.argosmodel")
        (tmp_path / "readme.txt").write_text("not one")
        assert [found.name for found in packages_in(tmp_path)] == ["one.argosmodel", "two.argosmodel"]

    def test_pickled_sentence_splitters_are_left_behind(self, shelf: PackageShelf, path: Path) -> None:
        package = shelf.install(a_package(path, also={f"{FOLDER}/stanza/es/tokenize.pt": "a pickle"}), probe=never)
        assert not (package.folder / "stanza").exists()

    def test_removed_it_is_gone(self, shelf: PackageShelf, path: Path) -> None:
        shelf.remove(shelf.install(a_package(path), probe=never))
        assert shelf.installed() == ()
        assert list(shelf.folder.iterdir()) == []

    def test_a_changed_and_a_missing_file_are_noticed(self, shelf: PackageShelf, path: Path) -> None:
        package = shelf.install(a_package(path), probe=never)
        (package.folder / "model" / "model.bin").write_text("tampered with")
        (package.folder / "sentencepiece.model").unlink()
        assert package.faults() == ("sentencepiece.model is missing", "model/model.bin has changed")


REFUSED = {
    "a path that climbs out": ({"also": {f"{FOLDER}/../../evil": "x"}}, "outside its folder"),
    "an absolute path": ({"also": {"/etc/evil": "x"}}, "absolute or foreign path"),
    "a path of another system": ({"also": {f"{FOLDER}\\..\\evil": "x"}}, "absolute or foreign path"),
    "a drive": ({"also": {"C:/evil": "x"}}, "absolute or foreign path"),
    "two folders": ({"also": {"another/file": "x"}}, "one folder"),
    "a file beside the folder": ({"also": {"file": "x"}}, "one folder"),
    "two files of one name": ({"also": {f"{FOLDER}/MODEL/model.bin": "x"}}, "two files of one name"),
    "no metadata": ({"parts": {"model/model.bin": "x"}}, "no metadata.json"),
    "metadata that is no JSON": ({"parts": {**PARTS, "metadata.json": "{"}}, "cannot be read"),
    "metadata that is a list": ({"parts": {**PARTS, "metadata.json": "[]"}}, "no description"),
    "metadata without a language": ({"parts": with_metadata(to_code=None)}, "lacks to_code"),
    "a version that is a path": ({"parts": with_metadata(package_version="1/../../x")}, "no languages and version"),
    "a language that is a path": ({"parts": with_metadata(from_code="../x")}, "no languages and version"),
    "a package of another type": ({"parts": with_metadata(type="sbd")}, "only those that translate"),
    "no model": ({"parts": {n: c for n, c in PARTS.items() if "model.bin" not in n}}, "only CTranslate2 models"),
    "no tokenizer": ({"parts": {n: c for n, c in PARTS.items() if "piece" not in n}}, "neither sentencepiece.model nor"),
    "an empty archive": ({"parts": {}}, "one folder"),
}


class TestRefusing:
    @pytest.mark.parametrize("what", REFUSED)
    def test_what_is_no_package_is_refused_and_changes_nothing(self, what: str, shelf: PackageShelf, path: Path) -> None:
        about, reason = REFUSED[what]
        before = shelf.install(a_package(path), probe=never)
        with pytest.raises(PackageRefusedError, match=reason):
            shelf.install(a_package(path, **about), probe=never)  # type: ignore[arg-type]
        assert shelf.installed() == (before,)
        assert [found.name for found in shelf.folder.iterdir()] == [before.folder.name]
        assert [found.name for found in path.parent.iterdir()] == ["packages", path.name]

    def test_a_link_is_refused(self, shelf: PackageShelf, path: Path) -> None:
        a_package(path)
        with zipfile.ZipFile(path, "a") as archive:
            link = zipfile.ZipInfo(f"{FOLDER}/model/vocabulary")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
        with pytest.raises(PackageRefusedError, match="a link or a device"):
            shelf.install(path, probe=never)

    def test_a_link_in_a_folder_is_refused(self, shelf: PackageShelf, path: Path, tmp_path: Path) -> None:
        with zipfile.ZipFile(a_package(path)) as archive:
            archive.extractall(tmp_path / "unpacked")
        (tmp_path / "unpacked" / FOLDER / "model" / "vocabulary").symlink_to("/etc/passwd")
        with pytest.raises(PackageRefusedError, match="a link instead of a file"):
            shelf.install(tmp_path / "unpacked" / FOLDER, probe=never)

    def test_what_is_no_archive_is_refused(self, shelf: PackageShelf, path: Path) -> None:
        path.write_text("<html>not found</html>")
        with pytest.raises(PackageRefusedError, match="no zip archive"):
            shelf.install(path, probe=never)

    def test_an_archive_with_a_broken_file_is_refused(self, shelf: PackageShelf, path: Path) -> None:
        content = a_package(path).read_bytes()
        path.write_bytes(content.replace(b"a model", b"a mode1"))
        with pytest.raises(PackageRefusedError, match="the archive is broken"):
            shelf.install(path, probe=never)

    def test_another_hash_than_the_operator_expects_is_refused(self, shelf: PackageShelf, path: Path) -> None:
        with pytest.raises(PackageRefusedError, match="its SHA-256 is"):
            shelf.install(a_package(path), sha256="0" * 64, probe=never)
        digest = shelf.install(path, probe=never).archive_sha256
        assert shelf.install(path, sha256=digest.upper(), probe=never)

    def test_too_many_files_are_refused(self, shelf: PackageShelf, path: Path) -> None:
        with pytest.raises(PackageRefusedError, match="files, more than 500"):
            shelf.install(a_package(path, also={f"{FOLDER}/model/{n}": "" for n in range(600)}), probe=never)

    def test_an_archive_that_unpacks_to_too_much_is_refused(
        self, shelf: PackageShelf, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(argos_archive, "_BYTES_AT_MOST", 1_000_000)
        with pytest.raises(PackageRefusedError, match="larger than 1 MB"):
            shelf.install(a_package(path, {**PARTS, "model/model.bin": "0" * 2_000_000}), probe=never)

    def test_a_size_that_is_a_lie_does_not_help(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(argos_archive, "_BYTES_AT_MOST", 1000)
        monkeypatch.setattr(argos_archive, "_checked", lambda entries: [(entry, "model.bin") for entry in entries])
        path = tmp_path / "bomb.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model.bin", "0" * 5000)
        with pytest.raises(PackageRefusedError, match="larger than"):
            argos_archive.unpack(path, tmp_path / "out")

    def test_a_package_that_does_not_work_is_not_installed(self, shelf: PackageShelf, path: Path) -> None:
        def fails(package: Package) -> None:
            raise PackageRefusedError("it says nothing")

        with pytest.raises(PackageRefusedError, match="it says nothing"):
            shelf.install(a_package(path), probe=fails)
        assert list(shelf.folder.iterdir()) == []
