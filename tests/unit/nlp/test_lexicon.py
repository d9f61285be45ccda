"""A broken lexicon is refused by its name, and all the shipped ones fit together."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp.commands import exactly
from nlp.lexicon import LEXICON_FOLDER, Lexicon, LexiconError, load_lexicons
from nlp.message import CommandName, EmergencyKind
from nlp.patterns import compile_pattern

_KEEPS_GROUPS_APART = re.compile(r"(?:\([^()]+\)\*?|[^()\s]+)(?:\s+(?:\([^()]+\)\*?|[^()\s]+))*")
SMALL = """
language: en
names: [English]
fold_accents: true
commands: {stop: [stop], no: [no, on]}
emergencies: {gas: {patterns: ["gas leak"]}}
places: {before: [at]}
"""


@pytest.fixture(scope="module")
def lexicons() -> dict[str, Lexicon]:
    return load_lexicons()


def test_a_lexicon_is_read_by_its_language(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(SMALL, encoding="utf-8")
    assert load_lexicons(tmp_path)["en"].names == ("English",)


def test_no_and_on_are_words(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(SMALL, encoding="utf-8")
    assert load_lexicons(tmp_path)["en"].commands[CommandName.NO] == ("no", "on")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(SMALL + "greetings: [hi]\n", "greetings", id="an unknown field"),
        pytest.param(SMALL.replace("names: [English]", "names: []"), "names", id="no name"),
        pytest.param(SMALL.replace("fold_accents: true\n", ""), "fold_accents", id="a missing field"),
        pytest.param(SMALL.replace("stop: [stop]", "halt: [stop]"), "halt", id="an unknown command"),
        pytest.param(SMALL.replace('["gas leak"]', "[]"), "patterns", id="an emergency without patterns"),
        pytest.param(SMALL.replace("gas:", "flood:"), "flood", id="an unknown emergency"),
        pytest.param("language: [en\n", "line", id="not YAML"),
        pytest.param("", "Lexicon", id="an empty file"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "xx.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=fault) as refused:
        load_lexicons(tmp_path)
    assert "xx.yaml" in str(refused.value)


class TestAllLexicons:
    """All files that ship, together: a resident may use any language's words at any time."""

    def test_there_is_one_of_each_file(self, lexicons: dict[str, Lexicon]) -> None:
        assert set(lexicons) == {path.stem for path in LEXICON_FOLDER.glob("*.yaml")}

    def test_every_language_has_all_commands(self, lexicons: dict[str, Lexicon]) -> None:
        needed = set(CommandName) - {CommandName.CHOICE}
        assert {code: needed - set(lexicon.commands) for code, lexicon in lexicons.items()} == {code: set() for code in lexicons}

    def test_every_language_has_all_emergencies(self, lexicons: dict[str, Lexicon]) -> None:
        kinds = {code: set(EmergencyKind) - set(lexicon.emergencies) for code, lexicon in lexicons.items()}
        assert kinds == {code: set() for code in lexicons}

    def test_every_pattern_compiles_and_asks_for_a_word(self, lexicons: dict[str, Lexicon]) -> None:
        rules = [(code, rule) for code, lexicon in lexicons.items() for rule in lexicon.emergencies.values()]
        patterns = [(code, pattern) for code, rule in rules for pattern in (*rule.patterns, *rule.unless)]
        assert [named for named in patterns if compile_pattern(named[1]).search("")] == []

    def test_every_group_of_a_pattern_stands_alone(self, lexicons: dict[str, Lexicon]) -> None:
        rules = [(code, rule) for code, lexicon in lexicons.items() for rule in lexicon.emergencies.values()]
        patterns = [(code, pattern) for code, rule in rules for pattern in (*rule.patterns, *rule.unless)]
        # A group within a group, or one that touches another, would compile to something that is never said.
        assert [named for named in patterns if not _KEEPS_GROUPS_APART.fullmatch(named[1])] == []

    def test_no_word_means_both_yes_and_no(self, lexicons: dict[str, Lexicon]) -> None:
        yes = {word for _, word in _words(lexicons, CommandName.YES)}
        assert [named for named in _words(lexicons, CommandName.NO) if named[1] in yes] == []

    def test_no_word_that_stops_orders_anything_else(self, lexicons: dict[str, Lexicon]) -> None:
        stops = {word for _, word in _words(lexicons, CommandName.STOP)}
        others = set(CommandName) - {CommandName.STOP, CommandName.DROP}
        clashes = [(name, *named) for name in others for named in _words(lexicons, name) if named[1] in stops]
        assert clashes == []

    def test_every_request_for_a_language_names_it(self, lexicons: dict[str, Lexicon]) -> None:
        forms = [(code, form) for code, lexicon in lexicons.items() for form in lexicon.commands[CommandName.LANGUAGE]]
        assert [named for named in forms if "{language}" not in named[1]] == []


def _words(lexicons: dict[str, Lexicon], name: CommandName) -> Iterator[tuple[str, str]]:
    """A command's words as they are compared, each with the lexicon it is from."""
    for code, lexicon in lexicons.items():
        yield from ((code, exactly(word)) for word in lexicon.commands.get(name, ()) if exactly(word))
