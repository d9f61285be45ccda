"""Operators install translation packages, from the list or from a stick, and see what can be translated."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from intake.__main__ import main
from intake.database import make_engine
from intake.delivery_tables import EffectTable
from tests.argos_package import small_package, small_package_back
from tests.local_server import serving

__all__ = ["small_package", "small_package_back"]

Files = dict[str, bytes]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation of this test's own."""
    monkeypatch.setenv("INTAKE_VAR_FOLDER", str(tmp_path / "var"))
    monkeypatch.setenv("INTAKE_CITY", "millbrook")
    return tmp_path / "var" / "translation" / "packages"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """What a server on this machine gives, by path; it is where the list of packages is looked for."""
    given: Files = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = given.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
            """Say nothing."""

    with serving(Handler) as port:
        given["/url"] = f"http://127.0.0.1:{port}".encode()
        monkeypatch.setenv("INTAKE_TRANSLATION_INDEX_URL", f"http://127.0.0.1:{port}/index.json")
        yield given


def offer(files: Files, source: str, target: str, version: str, content: bytes) -> dict[str, Any]:
    """A row of the list, with its package on the server; its other links lead nowhere."""
    name = f"/{source}_{target}-{version}.argosmodel"
    files[name] = content
    url = files["/url"].decode()
    links = ["ipfs://somewhere", f"{url}/gone", url + name]
    return {"type": "translate", "from_code": source, "to_code": target, "package_version": version, "links": links}


def test_nothing_is_installed_at_first_and_the_list_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translation", "list"]) == 0
    shown = capsys.readouterr().out
    assert "es        none" in shown
    assert "no engine has a model from it or into it" in shown


def test_a_package_from_a_stick_is_installed_listed_checked_and_removed(
    small_package: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = hashlib.sha256(small_package.read_bytes()).hexdigest()
    assert main(["translation", "install", str(small_package), "--sha256", digest]) == 0
    assert f"es-en 1.0 {next(folder.iterdir()).name[-8:]} installed, SHA-256 {digest}" in capsys.readouterr().out
    assert main(["translation", "list"]) == 0
    shown = capsys.readouterr().out
    assert "es        argos           none" in shown
    assert "no engine has a model into it" in shown
    assert digest in shown
    assert main(["translation", "check"]) == 0
    assert "1 packages, 0 with faults" in capsys.readouterr().out
    assert main(["translation", "remove", "es"]) == 0
    assert list(folder.iterdir()) == []
    assert main(["translation", "remove", "es"]) == 1


def test_a_folder_of_packages_is_installed_in_both_directions(
    small_package: Path, small_package_back: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small_package.parent == small_package_back.parent
    assert main(["translation", "install", str(small_package.parent)]) == 0
    assert main(["translation", "list"]) == 0
    assert "es        argos           argos" in capsys.readouterr().out


def test_a_language_is_installed_from_the_list_in_its_newest_version(
    files: Files, small_package: Path, small_package_back: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, back = small_package.read_bytes(), small_package_back.read_bytes()
    rows = [
        offer(files, "es", "en", "0.9", b"an old one"),
        offer(files, "es", "en", "1.0", good),
        offer(files, "en", "es", "1.0", back),
        offer(files, "fr", "en", "1.0", b"another language"),
        {"type": "sbd", "from_code": "es"},
    ]
    files["/index.json"] = json.dumps(rows).encode()
    assert main(["translation", "install", "es"]) == 0
    shown = capsys.readouterr().out
    assert "es-en 1.0" in shown
    assert "en-es 1.0" in shown
    assert main(["translation", "install", "es"]) == 0
    assert "es-en 1.0 is installed already" in capsys.readouterr().out


def test_a_language_that_the_list_does_not_have_is_said(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files["/index.json"] = b"[]"
    assert main(["translation", "install", "ht"]) == 1
    assert "ht: the list has no package between it and English" in capsys.readouterr().err


@pytest.mark.parametrize("given", [None, b"<html>", b"{}"])
def test_without_the_list_the_way_by_file_is_named(given: bytes | None, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files |= {"/index.json": given} if given else {}
    assert main(["translation", "install", "es"]) == 2
    said = capsys.readouterr().err
    assert "list of packages" in said
    assert "packages can be installed from files: translation install FILE" in said


def test_a_package_that_cannot_be_fetched_is_said(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    row = offer(files, "es", "en", "1.0", b"")
    del files["/es_en-1.0.argosmodel"]
    files["/index.json"] = json.dumps([row]).encode()
    assert main(["translation", "install", "es"]) == 1
    assert "es-en cannot be fetched" in capsys.readouterr().err


def test_another_hash_and_no_package_at_all_are_refused_with_the_reason(
    small_package: Path, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translation", "install", str(small_package), "--sha256", "0" * 64]) == 1
    assert "was not installed: its SHA-256 is" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["translation", "install", str(tmp_path / "empty")]) == 2
    assert "holds no .argosmodel file" in capsys.readouterr().err
    assert main(["translation", "install", "es", "--sha256", "0" * 64]) == 2
    assert list(folder.iterdir()) == []


def test_a_model_that_cannot_be_loaded_is_not_installed(
    small_package: Path, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.argosmodel"
    with zipfile.ZipFile(small_package) as good, zipfile.ZipFile(path, "w") as broken:
        for name in good.namelist():
            broken.writestr(name, b"no model" if name.endswith("model.bin") else good.read(name))
    assert main(["translation", "install", str(path)]) == 1
    assert "cannot be loaded" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_file_that_was_changed_is_found_by_check(small_package: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translation", "install", str(small_package)]) == 0
    (next(folder.iterdir()) / "sentencepiece.model").write_bytes(b"changed")
    assert main(["translation", "check"]) == 1
    shown = capsys.readouterr()
    assert "sentencepiece.model has changed; install it again" in shown.err
    assert "1 packages, 1 with faults" in shown.out


def test_with_nothing_untranslated_there_is_nothing_to_catch_up_with(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translation", "catch-up", "--days", "3"]) == 0
    assert "0 messages of the last 3 days will be translated" in capsys.readouterr().out
    engine = make_engine(f"sqlite:///{folder.parent.parent / 'millbrook' / 'intake.db'}")
    with Session(engine) as session:
        assert session.query(EffectTable).count() == 0
    engine.dispose()
