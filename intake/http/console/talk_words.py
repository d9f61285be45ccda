"""What an agent's form asks to be sent, as words for the resident: their own, translated, or an article's."""

from collections.abc import Mapping

from intake.console.people import Person
from intake.console.talks import OwnWords, Talk
from intake.errors import IntakeError
from intake.http.console.canned_answers import canned_answer
from intake.wiring import Service
from routing.articles import ENGLISH

_LETTERS = 1400


class Refused(IntakeError):
    """This cannot be sent; the text says why, for the agent."""


def own_words(form: Mapping[str, str], talk: Talk, person: Person, service: Service) -> OwnWords:
    """The words that a form's `way` of answering makes. Raises Refused."""
    if talk.is_opted_out:
        raise Refused("The resident opted out of messages: nothing can be sent.")
    words = _words(form, talk, person, service)
    if not words.sent_text:
        raise Refused("Write something first.")
    if len(words.sent_text) > _LETTERS:
        raise Refused(f"This is too long: {len(words.sent_text)} letters. At most {_LETTERS} fit into a message.")
    return words


def _words(form: Mapping[str, str], talk: Talk, person: Person, service: Service) -> OwnWords:
    text, language = form.get("text", "").strip(), talk.language
    match form.get("way"):
        case "article":
            return _article(form.get("article", ""), language, service)
        case "translation":
            return OwnWords(text, form.get("sent_text", "").strip(), language, form.get("engine", ""), form.get("model", ""))
        case "own" if language == ENGLISH or language in person.languages:
            return OwnWords(text, text, language)
        case "english":
            # Said in the resident's own language, so that nobody thinks that they are answered with a mistake.
            notice = service.intake.speaker.say(language, "in-english-only")
            return OwnWords(text, f"{notice} {text}" if text else "", language)
        case _:
            raise Refused("Choose how to send it.")


def _article(article_id: str, language: str, service: Service) -> OwnWords:
    found, english = canned_answer(article_id, language, service), canned_answer(article_id, ENGLISH, service)
    if found is None or english is None:
        raise Refused("This article is not there any more.")
    speaker = service.intake.speaker
    notice = "" if found.language == language else f"{speaker.say(language, 'answer-only-english')} "
    return OwnWords(
        english.text, f"{notice}{found.text}\n{speaker.help_link(article_id, language)}", language, article=article_id
    )
