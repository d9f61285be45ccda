"""The parts that understand texts, put together from a city pack and a bundle: no database, no web."""

from dataclasses import dataclass

from models.bundle import Bundle
from models.understand import Understander
from models.understanding import ArticleScore
from nlp.gazetteer import Gazetteer
from nlp.language import LanguageIdentifier
from nlp.lexicon import Lexicon, load_lexicons
from nlp.normalize import Heard, Normalizer
from routing.city import City
from routing.geocoder import PackGeocoder
from routing.knowledge import FixedShelf, KnowledgeShelf


@dataclass(frozen=True)
class Comprehension:
    """What the channels, `python -m intake understand` and the workbench all understand with."""

    city: City
    lexicons: dict[str, Lexicon]
    bundle: Bundle
    normalizer: Normalizer
    understander: Understander
    geocoder: PackGeocoder
    knowledge: KnowledgeShelf

    def find_articles(self, question: str, language: str) -> tuple[ArticleScore, ...]:
        """Look up what is surely a question, the likeliest article first; `language` only leans."""
        message = self.normalizer.normalize([Heard(question, before=language)])[0]
        rows = self.bundle.transform([message.text], [message.language.code])
        return self.knowledge().index.search([message.text], [message.language.code], self.bundle.meanings(rows))[0]


def comprehend(city: City, bundle: Bundle, knowledge: KnowledgeShelf | None = None) -> Comprehension:
    """Put the parts together for `city`; without `knowledge` questions are understood but find no article."""
    shelf = knowledge or FixedShelf()
    lexicons = {code: lexicon for code, lexicon in load_lexicons().items() if code in city.languages}
    identifier = LanguageIdentifier(bundle.heads["language"], city.languages)
    normalizer = Normalizer(lexicons, identifier, Gazetteer(city.places, city.streets))
    understander = Understander(
        bundle,
        emergency_confidence=city.policy.emergency_confidence,
        emergency_doubt=city.policy.emergency_doubt,
        articles=lambda: shelf().index,
    )
    return Comprehension(city, lexicons, bundle, normalizer, understander, PackGeocoder(city.places, city.streets), shelf)
