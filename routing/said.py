"""Short questions about what was said, which many rules ask."""

from models.understanding import Understanding
from nlp.message import CommandName


def says(u: Understanding, name: CommandName) -> bool:
    """Whether the message is the command `name`, possibly with words behind it."""
    return u.message.command is not None and u.message.command.name is name


def rest(u: Understanding) -> str:
    """The words behind a command."""
    return u.message.command.rest if u.message.command else ""


def choice_index(u: Understanding) -> int | None:
    """The chosen option counted from 0; -1 for the "0" that skips or drops."""
    command = u.message.command
    if command is None or command.name is not CommandName.CHOICE or command.argument is None:
        return None
    return int(command.argument) - 1


def choice(u: Understanding, options: tuple[str, ...]) -> str | None:
    """The chosen one of `options`."""
    index = choice_index(u)
    return options[index] if index is not None and 0 <= index < len(options) else None
