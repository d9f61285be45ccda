"""What staff can write in a resident's language, and what operators see of it."""

from pathlib import Path

from fastapi.testclient import TestClient

from intake.http.app import create_app
from intake.wiring import Service
from intake.wiring_translation import shelf_of
from tests.argos_package import small_package, small_package_back
from tests.conftest import Clock
from tests.fake_libretranslate import FakeLibreTranslate
from tests.translating import LIGHT, Build, build, deliver_translations, server, told, translating, wait_for

__all__ = ["build", "server", "small_package", "small_package_back", "translating"]


class TestForResidents:
    def test_a_draft_comes_with_what_a_machine_reads_in_it(self, translating: Service) -> None:
        draft = translating.translations.draft_for_resident("Your case is closed.", "es")
        assert draft is not None
        assert (draft.text, draft.back, draft.language) == ("Su caso está cerrado.", "Your case is closed.", "es")
        assert (draft.engine, draft.model) == ("libretranslate", "127.0.0.1")

    def test_where_no_engine_writes_a_language_there_is_no_draft(self, translating: Service) -> None:
        assert translating.translations.draft_for_resident("Your case is closed.", "so") is None

    def test_a_draft_that_loses_a_number_is_refused(self, translating: Service, server: FakeLibreTranslate) -> None:
        said = "Your case 26-000123 is closed."
        server.sentences = {said: "Su caso está cerrado.", "Your case 80101 is closed.": "Su caso está cerrado."}
        assert translating.translations.draft_for_resident(said, "es") is None

    def test_a_case_number_and_an_address_come_through(self, translating: Service, server: FakeLibreTranslate) -> None:
        server.sentences = {
            "Case 80101 at 80102 is closed.": "El caso 80101 en 80102 está cerrado.",
            "El caso 80101 en 80102 está cerrado.": "Case 80101 at 80102 is closed.",
        }
        draft = translating.translations.draft_for_resident("Case 26-000123 at 450 Blue Hill Ave is closed.", "es")
        assert draft is not None
        assert draft.text == "El caso 26-000123 en 450 Blue Hill Ave está cerrado."
        assert draft.back == "Case 26-000123 at 450 Blue Hill Ave is closed."

    def test_a_draft_that_comes_back_as_something_else_is_trusted_less(
        self, translating: Service, server: FakeLibreTranslate
    ) -> None:
        good = translating.translations.draft_for_resident("Your case is closed.", "es")
        server.sentences = {**server.sentences, "Su caso está cerrado.": "The box was shut yesterday."}
        doubtful = translating.translations.draft_for_resident("Your case is closed.", "es")
        assert good is not None
        assert doubtful is None or doubtful.signal < 0.8 * good.signal

    def test_a_server_that_is_away_leaves_work_to_go_on(self, translating: Service, server: FakeLibreTranslate) -> None:
        server.fail_next = [503]
        assert translating.translations.draft_for_resident("Your case is closed.", "es") is None


class TestWhatCanBeDone:
    def test_without_an_engine_every_language_says_why(self, service: Service) -> None:
        able = {one.language: one for one in service.translations.capabilities()}
        assert set(able) == set(service.intake.city.languages) - {"en"}
        assert able["ht"].to_english == able["ht"].from_english == ""
        assert able["ht"].why == "no engine has a model from it or into it"

    def test_one_direction_alone_is_said(self, build: Build, server: FakeLibreTranslate) -> None:
        server.targets = {"en": (), "es": ("en",)}
        able = {one.language: one for one in build(libretranslate_url=server.url).translations.capabilities()}
        assert (able["es"].to_english, able["es"].from_english) == ("libretranslate", "")
        assert able["es"].why == "no engine has a model into it"

    def test_a_server_that_is_away_at_the_start_is_named_and_back_later(
        self, build: Build, server: FakeLibreTranslate, clock: Clock
    ) -> None:
        server.fail_next = [503]
        service = build(libretranslate_url=server.url)
        assert "libretranslate is busy (status 503)" in service.translations.capabilities()[0].why
        clock.pass_hours(1)
        wait_for(lambda: [one for one in service.translations.capabilities() if one.to_english])

    def test_operators_read_it_where_they_look_first(self, translating: Service) -> None:
        with TestClient(create_app(translating, delivers=False), base_url="https://311.example.org") as client:
            shown = client.get("/readyz").json()["translation"]
        assert shown["es"] == {"to_english": "libretranslate", "from_english": "libretranslate", "why": ""}
        assert shown["ht"]["why"]


class TestWithAPackage:
    def test_a_package_that_is_installed_while_the_service_runs_is_used(
        self, service: Service, small_package: Path, small_package_back: Path, clock: Clock
    ) -> None:
        assert service.translations.draft_for_resident("Your case is closed.", "es") is None
        shelf = shelf_of(service.settings)
        for path in (small_package, small_package_back):
            shelf.install(path, probe=lambda _: None)
        clock.pass_hours(1)
        wait_for(lambda: [one for one in service.translations.capabilities() if one.to_english and one.from_english])
        draft = service.translations.draft_for_resident("Your case is closed.", "es")
        assert draft is not None
        assert (draft.text, draft.engine) == ("Su caso está cerrado.", "argos")
        assert draft.model.startswith("en-es 1.0 ")
        message = told(service, LIGHT)
        deliver_translations(service)
        found = service.translations.of_message(message)
        assert found is not None
        assert found.text == "The traffic light is broken."
