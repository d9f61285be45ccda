"""What residents say of a case that was closed and is not fixed."""

import pytest

from nlp.lexicon import load_lexicons
from nlp.still_there import StillThere

SAID = {
    "en": "nobody came, the hole is still there",
    "es": "nadie vino y el hueco sigue igual",
    "ht": "yo poko ranje l, twou a toujou la",
    "zh-Hans": "根本没人来，坑还在",
    "zh-Hant": "冇人嚟整，個窿仲喺度",
    "vi": "chưa ai tới sửa hết, ổ gà vẫn còn đó",
    "kea": "ningen ka ben, buraku inda sta la",
    "pt": "ninguém veio, o buraco continua lá",
    "fr": "personne n’est venu, le trou est toujours là",
    "ru": "никто не приехал, яма всё ещё на месте",
    "ar": "ما حدا إجا والحفرة لسا موجودة",
    "so": "cidna ma iman, godkii weli waa meeshii",
}
DONE = {
    "en": "it looks great now, thanks a lot",
    "es": "quedó muy bien, mil gracias",
    "ht": "yo ranje l byen, mèsi anpil",
    "zh-Hans": "已经修好了，谢谢",
    "zh-Hant": "整好咗喇，唔該晒",
    "vi": "sửa xong rồi, cảm ơn nhiều",
    "kea": "dja es konpo-l dretu, obrigadu",
    "pt": "ficou ótimo, muito obrigado",
    "fr": "c'est réparé, merci beaucoup",
    "ru": "починили, большое спасибо",
    "ar": "تصلحت، شكرا كتير",
    "so": "waa la hagaajiyay, aad baad u mahadsan tihiin",
}


@pytest.fixture(scope="module")
def still_there() -> StillThere:
    return StillThere(load_lexicons())


@pytest.mark.parametrize(("language", "text"), SAID.items(), ids=SAID)
def test_it_is_heard_in_every_language(still_there: StillThere, language: str, text: str) -> None:
    assert still_there.is_said(text)
    assert still_there.is_said(text.upper())


@pytest.mark.parametrize(("language", "text"), DONE.items(), ids=DONE)
def test_praise_is_not_taken_for_it(still_there: StillThere, language: str, text: str) -> None:
    assert not still_there.is_said(text)


def test_a_long_story_is_a_message_of_its_own(still_there: StillThere) -> None:
    story = (
        "the old couch is still there and " + "now somebody has also put out a fridge, a washing machine and a lot of bags " * 2
    )
    assert not still_there.is_said(story)


def test_every_language_has_words_for_it() -> None:
    assert all(len(lexicon.still_there) >= 15 for lexicon in load_lexicons().values())
