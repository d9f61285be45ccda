"""Which bundle is in use."""

from datetime import UTC, datetime
from pathlib import Path

from intake.settings import Settings
from models.published import Publication, before_last, publications, published_bundle, record

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def publish(bundles: Path, *names: str) -> None:
    for name in names:
        record(bundles, Publication(action="publish", bundle=name, version="1", at=NOW, reason="a test"))


def test_without_a_publication_the_starter_is_in_use(tmp_path: Path) -> None:
    assert published_bundle(tmp_path) == "starter"
    assert before_last(tmp_path) is None


def test_the_last_publication_is_in_use_and_all_are_kept(tmp_path: Path) -> None:
    publish(tmp_path, "march", "april")
    assert published_bundle(tmp_path) == "april"
    assert [one.bundle for one in publications(tmp_path)] == ["march", "april"]


def test_a_rollback_returns_to_what_was_in_use_before(tmp_path: Path) -> None:
    publish(tmp_path, "march")
    assert before_last(tmp_path) == "starter"
    publish(tmp_path, "april", "april")
    assert before_last(tmp_path) == "march"


def test_the_service_takes_the_published_bundle_unless_a_setting_names_another(tmp_path: Path) -> None:
    bundles = tmp_path / "bundles" / "boston"
    publish(bundles, "march")
    assert Settings(var_folder=tmp_path).bundle_folder == bundles / "march"
    assert Settings(var_folder=tmp_path, bundle="starter").bundle_folder == bundles / "starter"
