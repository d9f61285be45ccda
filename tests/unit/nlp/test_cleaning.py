"""What people type and say becomes clean text, and several problems become several pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.cleaning import clean, drop_fillers, expand_abbreviations, split_segments


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("  a\n\thole ", "a hole", id="white space"),
        pytest.param("sooooo bad!!!!", "soo bad!", id="elongations"),
        pytest.param("call 1000000", "call 1000000", id="digits are no elongation"),
        pytest.param("wait...... what???", "wait. what?", id="repeated marks"),
        pytest.param("ａｂｃ１２３", "abc123", id="full-width letters"),
        pytest.param("ﬁre", "fire", id="ligatures"),
        pytest.param("a\u200bb\ufeff\u202ec", "abc", id="invisible letters"),
        pytest.param("cafe\u0301", "café", id="composed letters"),
        pytest.param("fire🔥now", "fire fire now", id="emoji as words"),
        pytest.param("🚧 on my street", "construction on my street", id="an emoji first"),
        pytest.param("route_1 stays", "route_1 stays", id="an underscore of the resident"),
        pytest.param("🕳️", "hole", id="an emoji alone"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_clean_text_has_single_blanks_and_none_around_it(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())


def test_texting_short_forms_are_written_out_as_whole_words_only() -> None:
    assert expand_abbreviations("Pls fix the plaza", {"pls": "please", "pla": "x"}) == "please fix the plaza"


@pytest.mark.parametrize(
    ("spoken", "meant"),
    [
        pytest.param("um, there's uh a hole", "there's a hole", id="in between"),
        pytest.param("you know the light is out", "the light is out", id="of several words"),
        pytest.param("UM the light", "the light", id="in capitals"),
        pytest.param("the drum is loud", "the drum is loud", id="not within a word"),
        pytest.param("um", "um", id="nothing else was said"),
    ],
)
def test_what_is_said_while_thinking_is_taken_out(spoken: str, meant: str) -> None:
    assert drop_fillers(spoken, ["um", "uh", "you know"]) == meant


def test_a_language_without_fillers_keeps_every_word() -> None:
    assert drop_fillers("um a hole", []) == "um a hole"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("There is a hole. The light is out.", ("There is a hole.", "The light is out."), id="sentences"),
        pytest.param("a hole here\nthe light is out", ("a hole here", "the light is out"), id="lines"),
        pytest.param("a hole on Adams also the light is out", ("a hole on Adams", "also the light is out"), id="also"),
        pytest.param("路灯坏了。垃圾没收。", ("路灯坏了。", "垃圾没收。"), id="Chinese sentences"),
        pytest.param("路灯坏了还有垃圾没收", ("路灯坏了", "还有垃圾没收"), id="Chinese without a full stop"),
        pytest.param("هناك حفرة؟ الضوء مكسور", ("هناك حفرة؟", "الضوء مكسور"), id="Arabic"),
        pytest.param("Hello. There is a hole.", (), id="a greeting is no problem of its own"),
        pytest.param("There is a hole", (), id="one sentence"),
        pytest.param("the hole is 1.5 feet deep", (), id="a decimal point"),
        pytest.param("the alsoran is parked here", (), id="also within a word"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_several_problems_are_told_apart(text: str, pieces: tuple[str, ...]) -> None:
    assert split_segments(text, ["also", "and also", "还有"]) == pieces


def test_sentences_are_told_apart_without_words_for_also() -> None:
    assert split_segments("There is a hole. The light is out.", ()) == ("There is a hole.", "The light is out.")
