"""The parts that understand texts, put together from a city pack and a bundle: no database, no web."""

from dataclasses import dataclass

from models.bundle import Bundle
from models.understand import Understander
from nlp.gazetteer import Gazetteer
from nlp.language import LanguageIdentifier
from nlp.lexicon import Lexicon, load_lexicons
from nlp.normalize import Normalizer
from routing.city import City
from routing.geocoder import PackGeocoder


@dataclass(frozen=True)
class Comprehension:
    """What the channels, `python -m intake understand` and the workbench all understand with."""

    city: City
    lexicons: dict[str, Lexicon]
    bundle: Bundle
    normalizer: Normalizer
    understander: Understander
    geocoder: PackGeocoder


def comprehend(city: City, bundle: Bundle) -> Comprehension:
    """Put the parts together for `city`."""
    lexicons = {code: lexicon for code, lexicon in load_lexicons().items() if code in city.languages}
    identifier = LanguageIdentifier(bundle.heads["language"], city.languages)
    normalizer = Normalizer(lexicons, identifier, Gazetteer(city.places, city.streets))
    understander = Understander(
        bundle,
        emergency_confidence=city.policy.emergency_confidence,
        emergency_doubt=city.policy.emergency_doubt,
    )
    return Comprehension(city, lexicons, bundle, normalizer, understander, PackGeocoder(city.places, city.streets))
