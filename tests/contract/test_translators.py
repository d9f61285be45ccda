"""One set of claims for all translation engines: Argos here and aside, a LibreTranslate server, the memory, and none."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from intake.database import make_engine, migrate
from intake.translation.translation_memory import TranslationMemory
from nlp.translation.argos import ArgosTranslator
from nlp.translation.argos_packages import PackageShelf
from nlp.translation.aside import ArgosAside
from nlp.translation.port import NoTranslator, Pair, Translator, TranslatorAwayError, TranslatorRefusedError
from routing.connectors.libretranslate import LibreTranslate, LibreTranslateSettings
from tests.argos_package import SPANISH_TO_ENGLISH, small_package, small_package_back
from tests.fake_libretranslate import FakeLibreTranslate

__all__ = ["small_package", "small_package_back"]

LANGUAGES = ("en", "es", "ht", "zh-Hant")
TO_ENGLISH, FROM_ENGLISH = Pair("es", "en"), Pair("en", "es")
LIGHT, TRASH = "El semáforo está roto.", "No recogieron la basura."


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, small_package: Path, small_package_back: Path) -> PackageShelf:
    shelf = PackageShelf(tmp_path_factory.mktemp("packages"))
    for path in (small_package, small_package_back):
        shelf.install(path, probe=lambda _: None)
    return shelf


@pytest.fixture
def server() -> Iterator[FakeLibreTranslate]:
    with FakeLibreTranslate(SPANISH_TO_ENGLISH) as started:
        yield started


def libretranslate(url: str, *, api_key: str = "", seconds: float = 5.0) -> LibreTranslate:
    return LibreTranslate(LibreTranslateSettings(url, api_key), httpx2.Client(timeout=seconds), LANGUAGES)


@pytest.fixture(params=["argos", "aside", "libretranslate", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Translator]:
    with ExitStack() as stack:
        if request.param == "argos":
            yield ArgosTranslator(request.getfixturevalue("shelf"), LANGUAGES)
        elif request.param == "aside":
            yield ArgosAside(request.getfixturevalue("shelf"), LANGUAGES)
        elif request.param == "libretranslate":
            found = libretranslate(stack.enter_context(FakeLibreTranslate(SPANISH_TO_ENGLISH)).url)
            found.pairs()
            yield found
        else:
            yield a_memory(tmp_path)


def a_memory(folder: Path) -> TranslationMemory:
    (folder / "corpus").mkdir()
    rows = "\n".join(f"service\tHOLE\t{spanish}\t{english}\t\tsms\tx\t" for spanish, english in SPANISH_TO_ENGLISH.items())
    head = "kind\tlabel\ttext\tenglish\tfamily\tchannel\twriter\ttags\n"
    (folder / "corpus" / "es.tsv").write_text(head + rows + "\n", encoding="utf-8")
    url = f"sqlite:///{folder / 'memory.db'}"
    migrate(url)
    return TranslationMemory(make_engine(url), folder, LANGUAGES)


class TestEveryEngine:
    def test_what_is_said_means_the_same_in_english(self, engine: Translator) -> None:
        assert TO_ENGLISH in engine.pairs()
        translated = engine.translate([LIGHT], TO_ENGLISH)
        assert [one.text for one in translated if one] == ["The traffic light is broken."]

    def test_texts_come_back_in_their_order_and_none_is_made_up(self, engine: Translator) -> None:
        translated = engine.translate([TRASH, LIGHT, TRASH], TO_ENGLISH)
        assert [one.text for one in translated if one] == [SPANISH_TO_ENGLISH[text] for text in (TRASH, LIGHT, TRASH)]
        assert engine.translate([], TO_ENGLISH) == ()

    def test_a_confidence_is_a_probability_or_is_not_told(self, engine: Translator) -> None:
        for one in engine.translate([LIGHT, TRASH], TO_ENGLISH):
            assert one is not None
            assert one.confidence is None or 0 <= one.confidence <= 1

    def test_its_name_and_its_model_fit_into_what_is_stored(self, engine: Translator) -> None:
        assert 0 < len(engine.name) <= 40
        assert len(engine.model(TO_ENGLISH)) <= 80

    def test_it_claims_no_language_that_nobody_gave_it(self, engine: Translator) -> None:
        assert Pair("en", "ht") not in engine.pairs()

    def test_asked_for_what_it_cannot_do_it_refuses_or_says_nothing(self, engine: Translator) -> None:
        try:
            translated = engine.translate(["Where is city hall?"], Pair("en", "ht"))
        except TranslatorRefusedError:
            return
        assert translated == (None,)


class TestTheEnginesThatWriteToResidents:
    @pytest.fixture(params=["argos", "aside"])
    def engine(self, request: pytest.FixtureRequest, shelf: PackageShelf) -> Translator:
        return ArgosTranslator(shelf, LANGUAGES) if request.param == "argos" else ArgosAside(shelf, LANGUAGES)

    def test_english_words_come_out_in_the_residents_language(self, engine: Translator) -> None:
        assert [one.text for one in engine.translate(["Your case is closed."], FROM_ENGLISH) if one] == ["Su caso está cerrado."]

    def test_several_sentences_and_lines_stay_in_their_places(self, engine: Translator) -> None:
        (one,) = engine.translate(["Thank you very much. Your case is closed.\nWhere is city hall?"], FROM_ENGLISH)
        assert one is not None
        assert one.text == "Muchas gracias. Su caso está cerrado.\n¿Dónde está el ayuntamiento?"

    def test_what_holds_no_word_stays_as_it_is(self, engine: Translator) -> None:
        (one,) = engine.translate(["12:30"], FROM_ENGLISH)
        assert one is not None
        assert one.text == "12:30"

    def test_the_model_is_named_with_its_version(self, engine: Translator) -> None:
        assert engine.model(TO_ENGLISH).startswith("es-en 1.0 ")


class TestNone:
    def test_a_city_without_an_engine_is_told_so(self) -> None:
        assert NoTranslator().pairs() == frozenset()
        with pytest.raises(TranslatorRefusedError, match="no engine translates es to en"):
            NoTranslator().translate(["hola"], TO_ENGLISH)


class TestLibreTranslateServers:
    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_a_busy_server_is_asked_again_later(self, status: int, server: FakeLibreTranslate) -> None:
        engine = libretranslate(server.url)
        engine.pairs()
        server.fail_next = [status]
        with pytest.raises(TranslatorAwayError):
            engine.translate([LIGHT], TO_ENGLISH)
        assert engine.translate([LIGHT], TO_ENGLISH)[0] is not None

    def test_a_server_that_counts_requests_says_when_there_were_too_many(self, server: FakeLibreTranslate) -> None:
        engine = libretranslate(server.url)
        server.calls_allowed = 2
        engine.translate([LIGHT], TO_ENGLISH)
        with pytest.raises(TranslatorAwayError, match="429"):
            engine.translate([LIGHT], TO_ENGLISH)

    def test_a_server_that_hangs_is_left_after_the_time_that_was_set(self, server: FakeLibreTranslate) -> None:
        engine = libretranslate(server.url, seconds=0.1)
        engine.pairs()
        server.hangs = True
        with pytest.raises(TranslatorAwayError, match="ReadTimeout"):
            engine.translate([LIGHT], TO_ENGLISH)

    def test_a_server_that_is_not_there_is_away(self) -> None:
        with pytest.raises(TranslatorAwayError, match="ConnectError"):
            libretranslate("http://127.0.0.1:9").pairs()

    def test_a_wrong_key_is_refused_and_the_right_one_is_sent(self, server: FakeLibreTranslate) -> None:
        server.api_key = "a key"
        with pytest.raises(TranslatorRefusedError, match="403"):
            libretranslate(server.url).translate([LIGHT], TO_ENGLISH)
        assert libretranslate(server.url, api_key="a key").translate([LIGHT], TO_ENGLISH)[0] is not None

    def test_a_refusal_never_repeats_the_residents_words(self, server: FakeLibreTranslate) -> None:
        engine = libretranslate(server.url)
        engine.pairs()
        server.fail_next = [400]
        with pytest.raises(TranslatorRefusedError) as caught:
            engine.translate([LIGHT], TO_ENGLISH)
        assert "semáforo" not in str(caught.value)

    @pytest.mark.parametrize("answer", [b"<html>", b"{}", b'{"translatedText": []}', b"[]"])
    def test_an_answer_that_cannot_be_read_is_none(self, answer: bytes, server: FakeLibreTranslate) -> None:
        engine = libretranslate(server.url)
        engine.pairs()
        server.raw_next = [answer]
        with pytest.raises(TranslatorAwayError, match="cannot be read"):
            engine.translate([LIGHT], TO_ENGLISH)

    def test_languages_are_called_as_the_server_calls_them(self, server: FakeLibreTranslate) -> None:
        engine = libretranslate(server.url)
        engine.translate(["請問"], Pair("zh-Hant", "en"))
        assert server.asked[-1]["source"] == "zt"
        server.targets = {"en": ("zh-Hant",), "zh-Hant": ("en",)}
        assert Pair("zh-Hant", "en") in engine.pairs()
        engine.translate(["請問"], Pair("zh-Hant", "en"))
        assert server.asked[-1]["source"] == "zh-Hant"

    def test_an_old_server_that_lists_no_targets_translates_between_all_it_has(self, server: FakeLibreTranslate) -> None:
        server.lists_targets = False
        assert TO_ENGLISH in libretranslate(server.url).pairs()
