"""A city's services found by name, keyword or code, as somebody at the console types them."""

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.folding import fold
from routing.catalog import Catalog, Service

_ENGLISH = "en"


@dataclass(frozen=True)
class FoundService:
    """A service with its English name and who does it; `keyword` is what was found, "" where name or code was."""

    code: str
    name: str
    department: str
    keyword: str = ""


def find_services(catalog: Catalog, words: str, language: str = _ENGLISH, *, limit: int = 10) -> tuple[FoundService, ...]:
    """Services that every one of `words` fits, the best first; names in `language` count too. All, by name, for no words."""
    wanted = fold(words).split()
    ranked = [
        (rank, service)
        for service in catalog.services.values()
        if (rank := _rank(catalog, service, wanted, language)) is not None
    ]
    ranked.sort(key=lambda one: (one[0], catalog.service_name(one[1].code, _ENGLISH).casefold()))
    return tuple(_found(catalog, service, wanted) for _, service in ranked[:limit])


def service_named(catalog: Catalog, words: str) -> str:
    """The code of the service that `words` name exactly: by code, by name, or as "name (code)"; "" where they name none."""
    wanted = fold(words.strip())
    for code in catalog.services:
        name = fold(catalog.service_name(code, _ENGLISH))
        if wanted in {code.casefold(), name, f"{name} ({code.casefold()})"}:
            return code
    return ""


def _rank(catalog: Catalog, service: Service, wanted: Sequence[str], language: str) -> int | None:
    """0 for a code or the beginning of a name, 1 for words of a name, 2 for keywords, 3 for the description; None for no match."""
    if not wanted:
        return 0
    together = " ".join(wanted)
    names = [fold(catalog.service_name(service.code, code)) for code in {_ENGLISH, language} & catalog.texts.keys()]
    if service.code.casefold().startswith(together) or any(name.startswith(together) for name in names):
        return 0
    keywords = fold(" ".join(service.keywords))
    for rank, text in enumerate(
        (" ".join(names), f"{' '.join(names)} {keywords}", f"{keywords} {fold(service.description)}"), start=1
    ):
        if all(_begins_a_word(word, text) for word in wanted):
            return rank
    return None


def _begins_a_word(word: str, text: str) -> bool:
    return text.startswith(word) or f" {word}" in text or (not word.isascii() and word in text)


def _found(catalog: Catalog, service: Service, wanted: Sequence[str]) -> FoundService:
    name = catalog.service_name(service.code, _ENGLISH)
    keyword = next((key for key in service.keywords if wanted and any(_begins_a_word(word, fold(key)) for word in wanted)), "")
    is_in_name = any(_begins_a_word(word, fold(name)) for word in wanted)
    department = catalog.department_name(service.department, _ENGLISH)
    return FoundService(service.code, name, department, "" if is_in_name else keyword)
