"""The parts that translate, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import httpx2
from sqlalchemy import Engine

from intake.settings import Settings
from intake.translation.translating import ENGLISH, Translating
from intake.translation.translation_engines import TranslationEngines
from intake.translation.translation_memory import TranslationMemory
from nlp.gazetteer import Gazetteer
from nlp.translation.argos_packages import PackageShelf
from nlp.translation.aside import ArgosAside
from nlp.translation.glossary import Glossary
from nlp.translation.port import Pair, Translator
from routing.city import City
from routing.connectors.libretranslate import LibreTranslate, LibreTranslateSettings

# Whether the server is there at all is known at once; a start does not wait for one that is not.
_CONNECT_SECONDS = 2.0


@dataclass(frozen=True)
class Translation:
    """What translates, without a model of ours: a worker process has it too."""

    memory: TranslationMemory
    engines: TranslationEngines
    translating: Translating


def build_translation(settings: Settings, city: City, engine: Engine, clock: Callable[[], datetime]) -> Translation:
    """Put the translation engines together and see what they can do; no model is loaded yet."""
    memory = TranslationMemory(engine, city.folder, city.languages)
    engines = TranslationEngines(memory, _engines(settings, city), lru_cache(lambda: _glossary(city)), city.languages, clock)
    engines.refresh()
    return Translation(memory, engines, Translating(engine, engines, clock))


def shelf_of(settings: Settings) -> PackageShelf:
    """Where this installation's packages are."""
    return PackageShelf(settings.translation_folder / "packages")


def _engines(settings: Settings, city: City) -> list[Translator]:
    argos = ArgosAside(shelf_of(settings), city.languages, threads=settings.translation_threads)
    if not settings.libretranslate_url:
        return [argos]
    timeout = httpx2.Timeout(settings.libretranslate_timeout_seconds, connect=_CONNECT_SECONDS)
    about = LibreTranslateSettings(settings.libretranslate_url, settings.libretranslate_api_key.get_secret_value())
    return [argos, LibreTranslate(about, httpx2.Client(timeout=timeout), city.languages)]


def _glossary(city: City) -> Glossary:
    """The city's streets, places, and what its services are called in each language."""
    english = city.catalog.texts[ENGLISH].services
    terms: dict[Pair, dict[str, str]] = {}
    for code, texts in city.catalog.texts.items():
        if code != ENGLISH:
            both = [(english[service], name) for service, name in texts.services.items()]
            terms[Pair(ENGLISH, code)] = dict(both)
            terms[Pair(code, ENGLISH)] = {name: known for known, name in both}
    return Glossary(Gazetteer(city.places, city.streets), terms)
