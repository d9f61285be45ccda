"""Argos Translate's packages as an engine: every text is cut into sentences, which go through one model or two in a batch.

Of `argostranslate` only the tokenizers are used. Its translating classes read settings, folders and sentence splitters from globals
that are set up at import in the user's home, and their splitters want to fetch a model of their own from the network.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from threading import Lock
from typing import Any

import ctranslate2
from argostranslate.tokenizer import BPETokenizer, SentencePieceTokenizer

from nlp.translation.argos_packages import Package, PackageShelf
from nlp.translation.argos_routes import NAME, Routes, route_name
from nlp.translation.guards import repetition_fault
from nlp.translation.port import Pair, Translated, TranslatorRefusedError
from nlp.translation.sentences import SentenceSplitter, is_without_blanks

# Models were trained on sentences; longer ones are cut, since the engine would leave out the rest without a word.
_PIECES_AT_MOST = 150
_BATCH_PIECES = 2048
# As Argos Translate searches.
_BEAMS, _LENGTH_PENALTY = 4, 0.2
_REPEATED = 0.5
_CACHED = 2000


@dataclass(frozen=True)
class _Said:
    """A sentence as a model gives it, with the sum of its tokens' log-probabilities."""

    text: str
    log_probability: float
    tokens: int


class ArgosTranslator:
    """Translates with what is installed; a model is loaded when it is first needed, and once."""

    name = NAME

    def __init__(self, shelf: PackageShelf, languages: Sequence[str], *, threads: int = 1) -> None:
        self._routes = Routes(shelf, languages)
        self._threads = threads
        self._models: dict[str, _Model] = {}
        self._splitter = SentenceSplitter()
        self._known: OrderedDict[tuple[str, str, str], Translated] = OrderedDict()
        # One text at a time: the threads of the model are few, and several texts would only share them.
        self._turn = Lock()

    def pairs(self) -> frozenset[Pair]:
        """What the installed packages translate, directly or through one other language."""
        return frozenset(self._routes.all())

    def model(self, pair: Pair) -> str:
        """The packages on the way."""
        return route_name(self._routes.all().get(pair, ()))

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        """Translate each text. Raises TranslatorRefusedError where no package does."""
        route = self._routes.all().get(pair)
        if not route:
            raise TranslatorRefusedError(f"no package translates {pair.source} to {pair.target}")
        with self._turn:
            return tuple(self._translate(text, pair, route) for text in texts)

    def _translate(self, text: str, pair: Pair, route: Sequence[Package]) -> Translated:
        key = (text, pair.target, route_name(route))
        if key not in self._known:
            translated = Translated(text, 1.0)
            for package in route:
                translated = self._through(translated, package)
            self._known[key] = translated
            if len(self._known) > _CACHED:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    def _through(self, before: Translated, package: Package) -> Translated:
        """Take a text through one model; lines stay lines, and what holds no word stays as it is."""
        model, blank = self._model(package), "" if is_without_blanks(package.target) else " "
        split = [self._splitter.split(line, package.source) for line in before.text.split("\n")]
        lines = [[piece for sentence in line for piece in model.cut(sentence)] for line in split]
        sayable = [piece for line in lines for piece in line if any(c.isalpha() for c in piece)]
        said = dict(zip(sayable, model.translate(sayable), strict=True))
        tokens = sum(one.tokens for one in said.values())
        mean = sum(one.log_probability for one in said.values()) / tokens if tokens else 0.0
        text = "\n".join(blank.join(said[piece].text if piece in said else piece for piece in line) for line in lines)
        return Translated(text, round((before.confidence or 0.0) * exp(min(mean, 0.0)), 4))

    def _model(self, package: Package) -> "_Model":
        key = str(package.folder)
        if key not in self._models:
            self._models[key] = _Model(package, self._threads)
        return self._models[key]


def try_out(package: Package, text: str) -> str:
    """Load a package and translate one sentence. Raises TranslatorRefusedError."""
    return _Model(package, 1).translate([text])[0].text


class _Model:
    """One package in memory."""

    def __init__(self, package: Package, threads: int) -> None:
        self._prefix = package.target_prefix
        self._tokenizer: Any = _tokenizer(package)
        try:
            self._translator = ctranslate2.Translator(
                str(package.folder / "model"), device="cpu", inter_threads=1, intra_threads=threads
            )
        except (RuntimeError, ValueError) as error:
            raise TranslatorRefusedError(f"the model of {package.name} cannot be loaded ({error})") from error

    def cut(self, sentence: str) -> list[str]:
        """The sentence, in halves until each is short enough for the model."""
        if len(self._tokenizer.encode(sentence)) <= _PIECES_AT_MOST or len(sentence) < 2:
            return [sentence]
        middle = sentence.rfind(" ", 1, len(sentence) // 2 + 1)
        middle = middle if middle > 0 else len(sentence) // 2
        return [piece for half in (sentence[:middle], sentence[middle:]) for piece in self.cut(half.strip())]

    def translate(self, sentences: Sequence[str]) -> list[_Said]:
        """Translate sentences; one that comes out as a loop is tried again with repetitions forbidden."""
        said = self._ask(sentences, no_repeat=0)
        loops = [i for i, one in enumerate(said) if repetition_fault(sentences[i], one.text) > _REPEATED]
        for i, again in zip(loops, self._ask([sentences[i] for i in loops], no_repeat=3), strict=True):
            said[i] = again
        return said

    def _ask(self, sentences: Sequence[str], *, no_repeat: int) -> list[_Said]:
        if not sentences:
            return []
        pieces = [self._tokenizer.encode(sentence) for sentence in sentences]
        results = self._translator.translate_batch(
            pieces,
            target_prefix=[[self._prefix]] * len(pieces) if self._prefix else None,
            replace_unknowns=True,
            max_batch_size=_BATCH_PIECES,
            batch_type="tokens",
            beam_size=_BEAMS,
            length_penalty=_LENGTH_PENALTY,
            no_repeat_ngram_size=no_repeat,
            max_decoding_length=3 * max(map(len, pieces)) + 20,
            return_scores=True,
        )
        return [self._said(result.hypotheses[0], result.scores[0]) for result in results]

    def _said(self, tokens: Sequence[str], score: float) -> _Said:
        length = len(tokens) + 1  # The end of the sentence is a token too.
        text = str(self._tokenizer.decode(tokens))
        # The search divides the sum by the length to the power of its penalty.
        return _Said(text.removeprefix(self._prefix).strip(), score * exp(_LENGTH_PENALTY * log(length)), length)


def _tokenizer(package: Package) -> Any:
    if package.tokenizer.name == "sentencepiece.model":
        return SentencePieceTokenizer(package.tokenizer)
    return BPETokenizer(package.tokenizer, package.source, package.target)
