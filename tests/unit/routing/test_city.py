"""City packs: complete, and when broken, clear about where."""

import shutil
from pathlib import Path

import pytest

from intake.settings import ROOT
from routing.catalog import PlaceNeed
from routing.city import City, load_city
from routing.yaml_files import PackError

BOSTON = ROOT / "cities" / "boston"


@pytest.fixture(scope="module")
def boston() -> City:
    return load_city(BOSTON)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the small city that a test may break."""
    copy = tmp_path / "millbrook"
    shutil.copytree(ROOT / "cities" / "millbrook", copy)
    return copy


def faults_of(pack: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_city(pack)
    return caught.value.faults


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_with(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_the_reference_city_is_complete(boston: City) -> None:
    assert len(boston.catalog.services) == 118
    assert len(boston.catalog.departments) == 30
    assert len({service.group for service in boston.catalog.services.values()}) == 11
    assert len(boston.languages) == 12
    assert len(boston.places) >= 400


def test_every_department_and_question_is_used(boston: City) -> None:
    services = boston.catalog.services.values()
    assert {service.department for service in services} == set(boston.catalog.departments)
    asked = {question for service in services for question in service.questions}
    assert asked == set(boston.catalog.texts["en"].questions)


@pytest.mark.parametrize("city", ["boston", "millbrook"])
def test_no_two_services_have_the_same_name_in_a_language(city: str) -> None:
    for language, texts in load_city(ROOT / "cities" / city).catalog.texts.items():
        names = [name.casefold() for name in texts.services.values()]
        assert len(set(names)) == len(names), language


def test_what_needs_a_crew_needs_a_place(boston: City) -> None:
    assert all(
        service.place is PlaceNeed.REQUIRED for service in boston.catalog.services.values() if service.asset_class is not None
    )


def test_an_unknown_department_is_named_with_file_and_line(pack: Path) -> None:
    path = pack / "services.yaml"
    department = next(iter(load_city(pack).catalog.departments))
    change(path, f"department: {department}", "department: NOBODY")
    assert faults_of(pack) == [f"{path}:{line_with(path, 'NOBODY')}: NOBODY is not in departments.yaml"]


def test_a_wrong_value_is_named_with_file_line_and_field(pack: Path) -> None:
    path = pack / "services.yaml"
    change(path, "place: required", "place: somewhere")
    (fault,) = faults_of(pack)
    assert fault.startswith(f"{path}:{line_with(path, 'somewhere')}: ")
    assert "place" in fault


def test_a_missing_text_is_named(pack: Path) -> None:
    path = pack / "texts" / "es.yaml"
    code = next(iter(load_city(pack).catalog.services))
    change(path, f"  {code}:", "  OTHERCODE:")
    faults = "\n".join(faults_of(pack))
    assert f"services: {code} is missing" in faults
    assert "services: OTHERCODE is unknown" in faults


def test_a_service_that_stands_twice_is_an_error(pack: Path) -> None:
    path = pack / "services.yaml"
    codes = list(load_city(pack).catalog.services)
    change(path, f"code: {codes[1]}", f"code: {codes[0]}")
    assert any(f"{codes[0]} stands here a second time" in fault for fault in faults_of(pack))


def test_a_missing_file_and_broken_yaml_are_named(pack: Path) -> None:
    (pack / "policy.yaml").write_text("open_confidence: [0.5", encoding="utf-8")
    assert faults_of(pack)[0].startswith(f"{pack / 'policy.yaml'}:")
    (pack / "policy.yaml").unlink()
    assert faults_of(pack) == [f"{pack / 'policy.yaml'}:1: the file is missing"]


def test_a_place_off_the_globe_is_named_with_its_line(pack: Path) -> None:
    path = pack / "places.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split("\t")
    lines[1] = "\t".join([*cells[:3], "142.0", *cells[4:]])
    path.write_text("\n".join(lines), encoding="utf-8")
    (fault,) = faults_of(pack)
    assert fault.startswith(f"{path}:2: ")
