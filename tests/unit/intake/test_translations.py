"""What staff see of a message in another language."""

import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.console_tables import MemoryTable, TranslationTable
from intake.delivering.durable import HeldOutbox
from intake.errors import Permanent, Retryable
from intake.translation.translating import enqueue_untranslated
from intake.wiring import Service
from tests.conftest import Clock
from tests.fake_libretranslate import FakeLibreTranslate
from tests.translating import LIGHT, Build, build, deliver_translations, effects_of, server, told, translating, wait_for

__all__ = ["build", "server", "translating"]

CREOLE = "gen yon gwo twou nan lari a"


def a_person(service: Service) -> int:
    return service.console.people.add("ana", "Ana Lima", Role.AGENT, service.clock(), languages=("en", "es")).id


class TestForStaff:
    def test_a_spanish_message_is_translated_after_it_was_answered(
        self, translating: Service, server: FakeLibreTranslate
    ) -> None:
        message = told(translating, LIGHT)
        assert not any(asked["path"] == "/translate" for asked in server.asked)
        assert translating.intake.store.read(message).replies
        assert translating.translations.of_message(message) is None
        deliver_translations(translating)
        found = translating.translations.of_message(message)
        assert found is not None
        assert (found.text, found.engine, found.model) == ("The traffic light is broken.", "libretranslate", "127.0.0.1")
        assert 0.5 < found.signal <= 1
        assert (found.is_wrong, found.by) == (False, "")

    def test_an_english_message_and_a_bare_number_need_none(self, translating: Service) -> None:
        told(translating, "the traffic light is broken")
        told(translating, "617-635-4500", number="2")
        assert effects_of(translating) == []

    def test_a_language_that_nothing_translates_waits_for_nothing(self, translating: Service) -> None:
        message = told(translating, CREOLE)
        assert effects_of(translating) == []
        assert translating.translations.of_message(message) is None

    def test_delivered_twice_it_is_translated_once(self, translating: Service, server: FakeLibreTranslate) -> None:
        told(translating, LIGHT)
        ((effect_id, effect),) = effects_of(translating)
        translating.delivery.deliver(effect_id)
        translating.delivery.deliver(effect_id)
        translating.delivery.translating.translate(effect)
        with Session(translating.engine) as session:
            assert session.query(TranslationTable).count() == 1

    def test_a_server_that_is_busy_is_tried_again_and_one_that_refuses_is_not(
        self, translating: Service, server: FakeLibreTranslate
    ) -> None:
        told(translating, LIGHT)
        ((effect_id, _),) = effects_of(translating)
        server.fail_next = [503]
        with pytest.raises(Retryable):
            translating.delivery.deliver(effect_id)
        server.fail_next = [400]
        with pytest.raises(Permanent):
            translating.delivery.deliver(effect_id)
        translating.delivery.deliver(effect_id)
        assert translating.translations.of_message(1) is not None

    def test_what_is_worth_nothing_is_not_shown(self, translating: Service, server: FakeLibreTranslate) -> None:
        server.sentences = {LIGHT: "the the the the the the the the the the"}
        message = told(translating, LIGHT)
        deliver_translations(translating)
        assert translating.translations.of_message(message) is None

    def test_messages_from_before_there_was_an_engine_are_caught_up_with(
        self, build: Build, server: FakeLibreTranslate, clock: Clock, outbox: HeldOutbox
    ) -> None:
        message = told(build(), LIGHT)
        service = build(libretranslate_url=server.url)
        assert enqueue_untranslated(service.engine, outbox, ["es"], clock.now, clock.now) == 1
        deliver_translations(service)
        assert service.translations.of_message(message) is not None
        assert enqueue_untranslated(service.engine, outbox, ["es"], clock.now, clock.now) == 0


class TestPeople:
    def test_a_persons_own_translation_stands_before_the_machines(self, translating: Service) -> None:
        message = told(translating, LIGHT)
        deliver_translations(translating)
        translating.translations.improve(message, "The signal is out.", a_person(translating))
        found = translating.translations.of_message(message)
        assert found is not None
        assert (found.text, found.by, found.signal) == ("The signal is out.", "Ana Lima", 1.0)

    def test_a_wrong_translation_stays_and_is_named_wrong(self, translating: Service) -> None:
        message = told(translating, LIGHT)
        deliver_translations(translating)
        translating.translations.mark_wrong(message, a_person(translating))
        found = translating.translations.of_message(message)
        assert found is not None
        assert found.is_wrong

    def test_the_same_words_are_known_from_then_on_in_a_language_without_an_engine(self, service: Service) -> None:
        first = told(service, "flash la brize nan kwen an")
        service.translations.improve(first, "The streetlight on the corner is broken.", a_person(service))
        again = told(service, "Flash la brize, nan kwen an!", number="2")
        found = service.translations.of_message(again)
        assert found is not None
        assert (found.text, found.engine) == ("The streetlight on the corner is broken.", "memory")

    def test_what_the_memory_knows_can_be_wrong_for_a_message(self, service: Service) -> None:
        message = told(service, "vye bekàn sou twotwa a")
        known = service.translations.of_message(message)
        assert known is not None
        assert known.text == "old bike on the sidewalk"
        service.translations.mark_wrong(message, a_person(service))
        found = service.translations.of_message(message)
        assert found is not None
        assert found.is_wrong

    def test_the_memory_keeps_no_phone_number(self, service: Service) -> None:
        message = told(service, "rele m nan 617-635-4500 tanpri")
        service.translations.improve(message, "Call me at 617-635-4500 please.", a_person(service))
        with Session(service.engine) as session:
            (row,) = session.scalars(select(MemoryTable))
        assert (row.text, row.english) == ("rele m nan [phone] tanpri", "Call me at [phone] please.")

    def test_a_second_opinion_replaces_the_first(self, service: Service) -> None:
        message, person = told(service, CREOLE), a_person(service)
        service.translations.improve(message, "A hole.", person)
        service.translations.improve(message, "There is a big hole in the street.", person)
        found = service.translations.of_message(message)
        assert found is not None
        assert found.text == "There is a big hole in the street."
        with Session(service.engine) as session:
            assert [row.english for row in session.scalars(select(MemoryTable))] == ["There is a big hole in the street."]


class TestSimilar:
    def test_near_sentences_are_shown_with_their_meaning_in_a_language_that_no_engine_knows(self, small: Service) -> None:
        found = wait_for(lambda: small.translations.similar("gen yon gwo twou nan wout la", "ht"))
        assert 0 < len(found) <= 3
        assert found[0].similarity >= found[-1].similarity >= 0.5
        assert any("hole" in near.english or "pothole" in near.english for near in found)

    def test_while_the_memory_is_being_read_nobody_waits(self, small: Service) -> None:
        begin = time.perf_counter()
        assert small.translations.similar(CREOLE, "ht") == ()
        assert time.perf_counter() - begin < 0.2
        wait_for(lambda: small.translations.similar(CREOLE, "ht"))

    def test_what_a_person_taught_is_found(self, small: Service) -> None:
        wait_for(lambda: small.translations.similar(CREOLE, "ht"))
        small.translations.improve(told(small, "yon chen mouri bò lekòl la"), "A dead dog is by the school.", a_person(small))
        found = wait_for(
            lambda: [
                n for n in small.translations.similar("gen yon chen mouri bò lekòl la", "ht") if "dead dog is by" in n.english
            ]
        )
        assert found[0].text == "yon chen mouri bò lekòl la"

    def test_english_and_languages_that_the_city_does_not_serve_have_none(self, small: Service) -> None:
        assert small.translations.similar("a big hole", "en") == ()
        assert small.translations.similar("ein Loch", "de") == ()

    @pytest.fixture
    def small(self, service: Service, tmp_path: Path) -> Service:
        """The memory with a few sentences of the corpus, so that it is read in no time."""
        corpus = service.intake.city.folder / "corpus" / "ht.tsv"
        (tmp_path / "corpus").mkdir()
        lines = corpus.read_text(encoding="utf-8").splitlines()
        holes = [line for line in lines[1:] if "REQPOTHL" in line][:60]
        (tmp_path / "corpus" / "ht.tsv").write_text("\n".join([lines[0], *holes]) + "\n", encoding="utf-8")
        service.delivering.translation.memory._corpus = tmp_path / "corpus"
        return service
