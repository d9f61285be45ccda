"""The house itself: names that resolve here, files that must not be here."""

import importlib
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("name", ["channels", "nlp", "models", "training", "routing", "intake", "tests"])
def test_a_generic_name_is_ours_and_not_an_installed_package(name: str) -> None:
    found = importlib.import_module(name).__file__
    assert found is not None
    assert Path(found).is_relative_to(ROOT / name)


def test_git_holds_no_binary_and_nothing_generated() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    allowed = {".py", ".md", ".toml", ".lock", ".yaml", ".tsv", ".csv", ".ftl", ".html", ".css", ".js", ".svg", ".mako", ""}
    files = [Path(name) for name in listed.stdout.splitlines()]
    assert [str(path) for path in files if path.suffix not in allowed] == []
    assert not any(path.parts[0] in {"var", ".venv"} for path in files)
