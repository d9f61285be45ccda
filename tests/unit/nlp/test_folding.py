"""Texts are compared without case and accents, and every character keeps its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.folding import fold, lower


@given(st.text())
def test_folding_keeps_every_characters_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_lower_case_keeps_every_characters_place(text: str) -> None:
    assert len(lower(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Calle Peñón", "calle penon", id="Spanish"),
        pytest.param("SÃO JOÃO", "sao joao", id="Portuguese"),
        pytest.param("Đường Hầm", "duong ham", id="Vietnamese"),
        pytest.param("KREYÒL", "kreyol", id="Haitian Creole"),
        pytest.param("ЁЖ", "еж", id="Russian"),
        pytest.param("it’s", "it's", id="a curly apostrophe"),
        pytest.param("İstanbul", "istanbul", id="a Turkish capital"),
        pytest.param("路灯", "路灯", id="Chinese stays"),
    ],
)
def test_what_phones_leave_out_is_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_lower_case_keeps_accents() -> None:
    assert lower("CHÁY NHÀ") == "cháy nhà"
