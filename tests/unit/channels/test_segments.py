"""What a text costs: the borders at which carriers begin another part."""

import pytest

from channels.segments import Segments, count_segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("", Segments("GSM-7", 1), id="an empty text"),
        pytest.param("a" * 160, Segments("GSM-7", 1), id="160 plain letters"),
        pytest.param("a" * 161, Segments("GSM-7", 2), id="161 plain letters"),
        pytest.param("a" * 306, Segments("GSM-7", 2), id="2 x 153 plain letters"),
        pytest.param("a" * 307, Segments("GSM-7", 3), id="one more"),
        pytest.param("é" * 160, Segments("GSM-7", 1), id="é is in the alphabet"),
        pytest.param("á", Segments("UCS-2", 1), id="á is not"),
        pytest.param("it’s", Segments("UCS-2", 1), id="a curly apostrophe is not"),
        pytest.param("ç", Segments("UCS-2", 1), id="ç is not, though Ç is"),
        pytest.param("ü\nÑ¿@£", Segments("GSM-7", 1), id="line ends and signs are"),
        pytest.param("€" * 80, Segments("GSM-7", 1), id="80 extended letters weigh 160"),
        pytest.param("€" * 81, Segments("GSM-7", 2), id="81 extended letters"),
        pytest.param("a" * 158 + "[]", Segments("GSM-7", 2), id="brackets weigh two each"),
        pytest.param("路" * 70, Segments("UCS-2", 1), id="70 Chinese characters"),
        pytest.param("路" * 71, Segments("UCS-2", 2), id="71 Chinese characters"),
        pytest.param("路" * 134, Segments("UCS-2", 2), id="2 x 67 Chinese characters"),
        pytest.param("路" * 135, Segments("UCS-2", 3), id="one more character"),
        pytest.param("🔥" * 35, Segments("UCS-2", 1), id="an emoji weighs two"),
        pytest.param("🔥" * 36, Segments("UCS-2", 2), id="36 emoji"),
        pytest.param("a" * 70 + "á", Segments("UCS-2", 2), id="one letter makes the whole text dear"),
    ],
)
def test_a_text_is_counted_as_carriers_do(text: str, segments: Segments) -> None:
    assert count_segments(text) == segments


def test_an_extended_letter_is_not_cut_in_two_by_a_part() -> None:
    assert count_segments("a" * 152 + "€" + "a" * 152).count == 3


def test_an_emoji_is_not_cut_in_two_by_a_part() -> None:
    assert count_segments("路" * 66 + "🔥" + "路" * 66).count == 3
