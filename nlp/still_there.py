"""What residents say of a closed case that is not fixed, in all languages; it is listened for only where that was asked."""

import re
from collections.abc import Mapping

from nlp.commands import strip_punctuation
from nlp.folding import HAN, letters_worth
from nlp.lexicon import Lexicon

# A longer message tells of more than of the case; it is read as a report of its own.
_LETTERS = 140


class StillThere:
    """All lexicons' words in one pattern: a resident may answer in any language."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        words = {strip_punctuation(word) for lexicon in lexicons.values() for word in lexicon.still_there}
        # Chinese writes no blanks between words, so there is no boundary to look for.
        forms = (
            re.escape(word) if HAN.search(word) else rf"\b{re.escape(word)}\b" for word in sorted(words, key=len, reverse=True)
        )
        self._pattern = re.compile("|".join(forms) or r"(?!)")

    def is_said(self, text: str) -> bool:
        """Whether `text`, being short, says that nothing was done or that it is there again."""
        bare = strip_punctuation(text)
        return letters_worth(bare) <= _LETTERS and self._pattern.search(bare) is not None
