"""Services that may be taken for one another: a short file of a pack, checked like the others."""

import shutil
from pathlib import Path

import pytest

from intake.settings import ROOT
from routing.city import load_city
from routing.yaml_files import PackError


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    copy = tmp_path / "millbrook"
    shutil.copytree(ROOT / "cities" / "millbrook", copy)
    return copy


def test_a_service_in_two_groups_may_be_taken_for_any_of_both() -> None:
    compatible = load_city(ROOT / "cities" / "millbrook").catalog.compatible
    assert compatible["TREEDOWN"] == {"PARKFIX", "SNOWROAD"}
    assert compatible["PARKFIX"] == {"TREEDOWN"}
    assert compatible["POTHOLE"] == frozenset()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        pytest.param("- [POTHOLE, BEES]", "BEES is not in services.yaml", id="unknown"),
        pytest.param("- [POTHOLE, RATS]", "RATS is sensitive", id="sensitive"),
    ],
)
def test_a_wrong_group_is_named_with_file_and_line(pack: Path, line: str, fault: str) -> None:
    path = pack / "compatible.yaml"
    path.write_text(f"- [TREEDOWN, PARKFIX]\n{line}\n", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_city(pack)
    (said,) = caught.value.faults
    assert said.startswith(f"{path}:2: {fault}")


def test_a_group_of_one_is_no_group(pack: Path) -> None:
    path = pack / "compatible.yaml"
    path.write_text("- [POTHOLE]\n", encoding="utf-8")
    with pytest.raises(PackError, match="at least 2"):
        load_city(pack)
