"""Without a provider, what a phone would get is printed."""

from channels.console import ConsoleSender


def test_a_text_is_printed_with_the_end_of_the_number_only() -> None:
    printed: list[str] = []
    ConsoleSender(printed.append).send("+16175550123", "Your case is open.")
    assert "Your case is open." in printed[0]
    assert "0123" in printed[0]
    assert "617555" not in printed[0]


def test_each_printed_text_has_an_id_of_its_own() -> None:
    sender = ConsoleSender(lambda _: None)
    assert sender.send("+16175550123", "one") != sender.send("+16175550123", "two")
