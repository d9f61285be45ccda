"""The data scientist's page: bundles, and the workbench's commands with the same refusals as on the terminal."""

import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from intake.console.access import Role
from intake.settings import ROOT, Settings
from intake.wiring import Service
from models.published import Publication, record
from tests.desk import Desk, a_desk, text_of_page


@pytest.fixture
def bundles(settings: Settings) -> Path:
    """The starter under two names: cards of their own, models shared."""
    folder = settings.var_folder / "bundles" / settings.city
    for name in ("starter", "candidate"):
        (folder / name).mkdir(parents=True)
        for path in (ROOT / "var" / "bundles" / "boston" / "starter").glob("*.joblib"):
            (folder / name / path.name).symlink_to(path)
        shutil.copy(ROOT / "var" / "bundles" / "boston" / "starter" / "card.json", folder / name / "card.json")
    return folder


@pytest.fixture
def scientist(client: TestClient, service: Service) -> Desk:
    return a_desk(client, service, Role.DATA_SCIENTIST)


def said(desk: Desk) -> tuple[int, str]:
    """What the command said in the end, and its exit status."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = desk.get("/console/models/job").json()
        if job["status"] is not None:
            return job["status"], job["output"]
        time.sleep(0.1)
    raise TimeoutError(job)


def test_bundles_are_listed_with_the_one_that_is_published(scientist: Desk, bundles: Path) -> None:
    page = text_of_page(scientist.get("/console/models"))

    assert "starter published" in page
    assert "candidate" in page


def test_a_bundle_whose_card_is_broken_is_listed_with_its_fault(scientist: Desk, bundles: Path) -> None:
    (bundles / "candidate" / "card.json").write_text("{", encoding="utf-8")

    assert "candidate" in text_of_page(scientist.get("/console/models"))


def test_publishing_what_is_in_use_is_refused_as_on_the_terminal(scientist: Desk, bundles: Path) -> None:
    assert scientist.post("/console/models/starter/publish").status_code == 303

    assert said(scientist) == (2, "starter is in use already.\n")


def test_rolling_back_with_nothing_before_is_refused_as_on_the_terminal(scientist: Desk, bundles: Path) -> None:
    scientist.post("/console/models/rollback", reason="worse in Arabic")

    status, output = said(scientist)
    assert status == 2
    assert "nothing to return to" in output


def test_rolling_back_returns_to_the_bundle_before_and_keeps_the_reason(scientist: Desk, bundles: Path) -> None:
    version = json.loads((bundles / "candidate" / "card.json").read_text(encoding="utf-8"))["version"]
    record(bundles, Publication(action="publish", bundle="candidate", version=version, at=datetime.now(UTC), reason="better"))

    scientist.post("/console/models/rollback", reason="worse in Arabic")

    assert said(scientist)[0] == 0
    page = text_of_page(scientist.get("/console/models"))
    assert "starter published" in page
    assert "worse in Arabic" in page


def test_rolling_back_without_a_reason_is_refused(scientist: Desk, bundles: Path) -> None:
    assert scientist.post("/console/models/rollback", reason=" ").status_code == 422


def test_what_is_no_bundle_cannot_be_published(scientist: Desk, bundles: Path) -> None:
    assert scientist.post("/console/models/..%2F..%2Fetc/publish").status_code == 404
    assert scientist.post("/console/models/other/publish").status_code == 404


def test_a_report_is_shown_and_can_do_nothing(scientist: Desk, bundles: Path) -> None:
    assert scientist.get("/console/models/candidate/report").status_code == 404
    (bundles / "candidate" / "report.html").write_text("<h1>Report</h1>", encoding="utf-8")

    shown = scientist.get("/console/models/candidate/report")
    assert "Report" in shown.text
    assert "sandbox" in shown.headers["content-security-policy"]
