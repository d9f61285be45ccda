"""The small language in which the lexicons describe emergencies."""

import pytest

from nlp.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("gas leak", "there is a gas leak here", id="words next to each other"),
        pytest.param("gas leak", "gas, leak", id="with marks between"),
        pytest.param("leak*", "it is leaking", id="a beginning"),
        pytest.param("leak*", "a leak", id="a beginning that is the whole"),
        pytest.param("(wire|power line) down", "power line down", id="an alternative of several words"),
        pytest.param("(leak|spill)* gas", "leaking gas", id="alternatives that begin a word"),
        pytest.param("(leak*|spill) gas", "leaks gas", id="a beginning among alternatives"),
        pytest.param("smell ... gas", "smell gas", id="nothing in between"),
        pytest.param("smell ... gas", "smell one two three four five gas", id="five words in between"),
        pytest.param("smell ... gas", "smell of my neighbor's gas", id="an apostrophe in between"),
        pytest.param("(smell ... gas|fumes)", "smell of gas", id="words in between within an alternative"),
        pytest.param("fire ...", "fire", id="nothing after the last gap"),
        pytest.param("Gas", "gas", id="patterns in capitals"),
        pytest.param("c++ (x)", "c++ x", id="signs stand for themselves"),
        pytest.param("煤气味", "有煤气味道", id="Chinese within a sentence"),
        pytest.param("(闻到|聞到) ... (煤气|煤氣)", "我闻到很重的煤气", id="Chinese with characters in between"),
        pytest.param("煤气 泄漏", "煤气泄漏", id="Chinese words next to each other"),
    ],
)
def test_a_pattern_finds(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("gas", "gasket", id="a longer word"),
        pytest.param("gas", "biogas", id="the end of a word"),
        pytest.param("gas leak", "gas is a leak", id="a word in between"),
        pytest.param("(wire|cable)", "wires", id="a longer alternative"),
        pytest.param("smell ... gas", "smell one two three four five six gas", id="six words in between"),
        pytest.param("smell ... gas", "gas smell", id="the other order"),
        pytest.param("fire ... out", "fireout", id="no boundary in between"),
        pytest.param("闻到 ... 煤气", "闻到了一二三四五六七八九煤气", id="too many characters in between"),
    ],
)
def test_a_pattern_passes_over(pattern: str, text: str) -> None:
    assert not compile_pattern(pattern).search(text)
