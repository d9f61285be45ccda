"""A word is an order in any language at any time; an ordinary message is none."""

import pytest

from nlp.commands import CommandWords
from nlp.lexicon import load_lexicons
from nlp.message import Command, CommandName
from tests.builders import a_lexicon


@pytest.fixture(scope="module")
def words() -> CommandWords:
    """The shipped English and Spanish words, and Chinese, Arabic and Vietnamese of a few."""
    shipped = load_lexicons()
    chinese = a_lexicon(
        "zh-Hans",
        names=("中文", "Chinese"),
        commands={
            CommandName.STOP: ("停止",),
            CommandName.YES: ("是", "对"),
            CommandName.NO: ("不是",),
            CommandName.AGENT: ("人工客服",),
            CommandName.LANGUAGE: ("说{language}",),
        },
    )
    arabic = a_lexicon(
        "ar", names=("العربية",), commands={CommandName.YES: ("نعم",), CommandName.LANGUAGE: ("{language} من فضلك",)}
    )
    vietnamese = a_lexicon("vi", names=("tiếng Việt",), commands={CommandName.STOP: ("dừng",)}, fold_accents=False)
    return CommandWords({"en": shipped["en"], "es": shipped["es"], "zh-Hans": chinese, "ar": arabic, "vi": vietnamese})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("STOP", CommandName.STOP),
        ("Stop.", CommandName.STOP),
        ("stop please", CommandName.STOP),
        ("Don’t text me!", CommandName.STOP),
        ("CANCEL", CommandName.STOP),
        ("PARAR", CommandName.STOP),
        ("No me escriban más", CommandName.STOP),
        ("停止", CommandName.STOP),
        ("dung", CommandName.STOP),
        ("unstop", CommandName.START),
        ("HELP", CommandName.HELP),
        ("ayuda", CommandName.HELP),
        ("yes", CommandName.YES),
        ("Y", CommandName.YES),
        ("👍 ok", CommandName.YES),
        ("sí", CommandName.YES),
        ("Si", CommandName.YES),
        ("نعم", CommandName.YES),
        ("nope", CommandName.NO),
        ("I don't know", CommandName.SKIP),
        ("never mind", CommandName.DROP),
        ("what's the status?", CommandName.STATUS),
        ("agent", CommandName.AGENT),
        ("change language", CommandName.CHANGE_LANGUAGE),
        ("Thank you!!", CommandName.THANKS),
        ("hola", CommandName.GREETING),
    ],
)
def test_a_whole_message_is_an_order(words: CommandWords, text: str, name: CommandName) -> None:
    assert words.find(text) == Command(name)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("please stop the noise next door", id="stop within a sentence"),
        pytest.param("the bus stop is broken", id="a bus stop"),
        pytest.param("help me get this tree removed", id="help within a sentence"),
        pytest.param("no heat in my apartment", id="a message that begins with no"),
        pytest.param("no parking sign is down", id="a sign"),
        pytest.param("yesterday, they did not come", id="a longer word than yes"),
        pytest.param("n, the side street", id="one letter with a rest"),
        pytest.param("they told me to talk to a person but nobody is ever there", id="a person in a long message"),
        pytest.param("123", id="three digits"),
        pytest.param("apt 4 on 2", id="two numbers"),
        pytest.param("I spoke Spanish to them", id="a language in a sentence"),
        pytest.param("", id="nothing"),
        pytest.param("🔥", id="an emoji"),
        pytest.param("?!", id="marks"),
    ],
)
def test_an_ordinary_message_is_no_order(words: CommandWords, text: str) -> None:
    assert words.find(text) is None


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("No, it is the corner of Adams St", CommandName.NO, "it is the corner of Adams St"),
        ("no. The OTHER side", CommandName.NO, "The OTHER side"),
        ("That's wrong, it is at 12 Main St", CommandName.NO, "it is at 12 Main St"),
        ("Yes - but bigger", CommandName.YES, "but bigger"),
        ("Sí, pero es más grande", CommandName.YES, "pero es más grande"),
        ("不是，在波士顿公园", CommandName.NO, "在波士顿公园"),
        ("نعم، عند الزاوية", CommandName.YES, "عند الزاوية"),
    ],
)
def test_yes_or_no_may_begin_a_message(words: CommandWords, text: str, name: CommandName, rest: str) -> None:
    assert words.find(text) == Command(name, rest=rest)


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a person",
        "can I speak to a person please",
        "quiero hablar con una persona por favor",
        "请转人工客服谢谢",
    ],
)
def test_a_short_message_may_ask_for_a_person_anywhere(words: CommandWords, text: str) -> None:
    assert words.find(text) == Command(CommandName.AGENT)


@pytest.mark.parametrize(
    ("text", "choice"),
    [("1", "1"), ("2.", "2"), ("(3)", "3"), ("#2", "2"), ("no 2", "2"), ("2️⃣", "2"), ("٢", "2"), ("２", "2"), (" 1\n", "1")],
)
def test_one_digit_is_a_choice(words: CommandWords, text: str, choice: str) -> None:
    assert words.find(text) == Command(CommandName.CHOICE, choice)


@pytest.mark.parametrize(
    "text",
    ["26-000123", "26000123", "#26-000123", "case 26-000123?", "cómo va mi caso 26000123", "我的26-000123怎么样", "٢٦-٠٠٠١٢٣"],
)
def test_a_case_number_asks_for_its_status(words: CommandWords, text: str) -> None:
    assert words.find(text) == Command(CommandName.STATUS, "26000123")


@pytest.mark.parametrize(
    "text",
    [
        "617-555-0123",
        "6175550123",
        "+16175550123",
        "(617) 555-0123",
        "555-0123",
        "+252 61 2345678",
        "+33 6 12 34 56 78",
        "090-123-4567",
        "+84 912345678",
        "call 26-000123-4567",
        "126-000123",
        "26-0001234",
        "20260311",
        "02121-2630",
        "123-45-6789",
    ],
)
def test_phone_numbers_and_dates_are_no_case_numbers(words: CommandWords, text: str) -> None:
    assert words.find(text) is None


def test_a_case_number_in_a_long_message_is_only_mentioned(words: CommandWords) -> None:
    assert words.find("I reported this pothole before as 26-000123 and it is back again now") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("español", "es"),
        ("Spanish please", "es"),
        ("I speak Spanish", "es"),
        ("en inglés, por favor", "en"),
        ("hablo chinese", "zh-Hans"),
        ("说中文", "zh-Hans"),
        ("说西班牙语", "es"),
        ("العربية من فضلك", "ar"),
        ("TIENG VIET", "vi"),
    ],
)
def test_a_language_can_be_asked_for_in_any_language(words: CommandWords, text: str, language: str) -> None:
    assert words.find(text) == Command(CommandName.LANGUAGE, language)


def test_a_carriers_word_keeps_the_carriers_meaning() -> None:
    both = a_lexicon(commands={CommandName.DROP: ("cancel",), CommandName.STOP: ("cancel",)})
    assert CommandWords({"en": both}).find("Cancel") == Command(CommandName.STOP)


def test_without_words_for_a_person_nothing_asks_for_one() -> None:
    assert CommandWords({"en": a_lexicon()}).find("any words at all") is None
