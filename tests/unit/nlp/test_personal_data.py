"""What identifies a person is found, so that it stays out of logs and exports."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.personal_data import find_personal_data, redact


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        pytest.param("call 617-555-0123", "call [phone]", id="a phone number"),
        pytest.param("(617) 555-0123 or +1 857 555 0199", "[phone] or [phone]", id="two phone numbers"),
        pytest.param("6175550123", "[phone]", id="digits only"),
        pytest.param("write ana.diaz+311@mail.example.org.", "write [email].", id="an e-mail address"),
        pytest.param("my ssn is 123-45-6789", "my ssn is [ssn]", id="a social security number"),
        pytest.param("paid with 4111 1111 1111 1111", "paid with [card]", id="a card with blanks"),
        pytest.param("4111-1111-1111-1111", "[card]", id="a card with hyphens"),
        pytest.param("soy Ana, 617-555-0123, ana@example.org", "soy Ana, [phone], [email]", id="several kinds"),
        pytest.param("我的电话617-555-0123请打", "我的电话[phone]请打", id="within Chinese"),
    ],
)
def test_personal_data_is_redacted(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("450 Blue Hill Ave, 02121", id="an address"),
        pytest.param("since 10:30 on 2026-03-11", id="a time and a date"),
        pytest.param("case 26-000123", id="a case number"),
        pytest.param("4111 1111 1111 1112", id="a number with a wrong check digit"),
        pytest.param("@cityofboston", id="a name on a network"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_numbers_and_names_are_left(text: str) -> None:
    assert redact(text) == text


@given(st.text(alphabet="0123456789 -@.ab"))
def test_spans_are_in_order_and_never_overlap(text: str) -> None:
    found = find_personal_data(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
