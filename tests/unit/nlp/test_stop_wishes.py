"""A wish to get no more messages is an order in a resident's own words, not only by the carrier's."""

import pytest

from nlp.commands import CommandWords
from nlp.lexicon import load_lexicons
from nlp.message import Command, CommandName

WISHES = {
    "en": "hello, please don't text me anymore, thanks",
    "es": "por favor ya no quiero recibir mensajes de ustedes",
    "ht": "tanpri, sispann voye mesaj sou telefòn mwen",
    "zh-Hans": "你好，请别再给我发短信了",
    "zh-Hant": "唔該唔好再send短訊俾我喇",
    "vi": "làm ơn đừng nhắn tin cho tôi nữa nha",
    "kea": "pur favor, nhos para di manda-m mensaji",
    "pt": "por favor parem de me mandar mensagens",
    "fr": "bonjour, merci, mais arrêtez de m’envoyer des SMS",
    "ru": "пожалуйста, перестаньте мне писать",
    "ar": "من فضلكم توقفوا عن إرسال الرسائل إلي",
    "so": "fadlan ha ii soo dirin farriimo kale",
}


@pytest.fixture(scope="module")
def words() -> CommandWords:
    return CommandWords(load_lexicons())


@pytest.mark.parametrize(("language", "text"), WISHES.items(), ids=WISHES)
def test_it_is_heard_in_every_language(words: CommandWords, language: str, text: str) -> None:
    assert words.find(text) == Command(CommandName.STOP)


@pytest.mark.parametrize(
    "text",
    [
        "the bus does not stop at Dudley anymore",
        "please stop all the trucks on our street",
        "please remove the graffiti from the list on the wall",
        "I want to cancel my bulk pickup",
        "no puedo mandar mensajes de texto al 311",
    ],
)
def test_reports_with_such_words_are_no_wish(words: CommandWords, text: str) -> None:
    found = words.find(text)
    assert found is None or found.name is not CommandName.STOP


def test_a_long_message_is_about_more_than_that(words: CommandWords) -> None:
    story = "my landlord keeps writing and I told him to stop texting me, but there has been no heat in my apartment for a week"
    assert words.find(story) is None


def test_every_language_has_words_for_it() -> None:
    assert all(len(lexicon.stop_wishes) >= 15 for lexicon in load_lexicons().values())
