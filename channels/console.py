"""A terminal as a channel: sent texts are printed, as a phone would show them."""

from collections.abc import Callable


class ConsoleSender:
    """Writes what would be sent; the embedded default where no provider is set up."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.sent = 0

    def send(self, to: str, text: str) -> str:
        """Write `text` without the number it would go to, and return an id of our own."""
        self.sent += 1
        self._write(f"[text message to …{to[-4:]}]\n{text}")
        return f"console-{self.sent}"
