"""Rules that hear life in danger, in every language, before anything else is asked of a message."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlp.folding import fold, lower
from nlp.lexicon import EmergencyRule, Lexicon
from nlp.message import EmergencyKind, EmergencyMention
from nlp.patterns import compile_pattern

# A person who wants to die is asked to call another number, so that rule is read first.
_ORDER = (EmergencyKind.SUICIDE, EmergencyKind.CARBON_MONOXIDE, *EmergencyKind)
# All that phones put into "can't"; patterns are compared without them.
_APOSTROPHES = re.compile("['’‘ʼ`´]")


@dataclass(frozen=True)
class _CompiledRule:
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def find(self, text: str) -> str | None:
        if not any(pattern.search(text) for pattern in self.patterns):
            return None
        for pattern in self.unless:
            text = pattern.sub(" ¶ ", text)
        return next((found.group() for pattern in self.patterns if (found := pattern.search(text))), None)


class EmergencyRules:
    """All lexicons' emergency rules, compiled once."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._rules = {code: _compile(lexicon) for code, lexicon in lexicons.items()}
        self._folds = {code: lexicon.fold_accents for code, lexicon in lexicons.items()}

    def find(self, text: str, languages: Iterable[str]) -> EmergencyMention | None:
        """Return the first emergency that the rules of `languages` find in `text`."""
        lowered = _APOSTROPHES.sub("", lower(text))
        folded = fold(lowered)
        known = [code for code in dict.fromkeys(languages) if code in self._rules]
        for kind in dict.fromkeys(_ORDER):
            for code in known:
                words = self._rules[code][kind].find(folded if self._folds[code] else lowered)
                if words is not None:
                    return EmergencyMention(kind, words, code)
        return None


def _compile(lexicon: Lexicon) -> dict[EmergencyKind, _CompiledRule]:
    empty = _CompiledRule((), ())
    rules = {kind: _compile_rule(rule, folds=lexicon.fold_accents) for kind, rule in lexicon.emergencies.items()}
    return {kind: rules.get(kind, empty) for kind in EmergencyKind}


def _compile_rule(rule: EmergencyRule, *, folds: bool) -> _CompiledRule:
    prepare = fold if folds else lower

    def compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(compile_pattern(_APOSTROPHES.sub("", prepare(p))) for p in patterns)

    return _CompiledRule(compiled(rule.patterns), compiled(rule.unless))
