"""A recorded message is understood: the slow and pure part of the journey, with no transaction open."""

from dataclasses import dataclass, replace
from datetime import datetime

from channels.messages import Channel, Location
from intake.conversation import Conversation
from intake.the_city import date_in
from intake.work import Recorded
from models.understand import Understander
from models.understanding import Kind, Understanding
from nlp.folding import letters_worth
from nlp.message import Command, CommandName, Language, NormalizedMessage
from nlp.normalize import Heard, Normalizer
from nlp.still_there import StillThere
from routing.city import City
from routing.drafts import Place, Precision, Situation, State
from routing.geocoder import Geocoder
from routing.knowledge import Knowledge, KnowledgeShelf
from routing.policy import Policy

# Where the resident chose the language by hand, a guess never overrules them.
_CHOSEN_BY_HAND = frozenset({Channel.FORM, Channel.VOICE})
# In these states a message may be in another language than before; elsewhere it is an answer, often only a place or a number.
_MAY_SWITCH = frozenset({State.READY, State.DESCRIBING, State.ANSWERED, State.CLOSED_ASKED, State.WITH_STAFF})
_SWITCH_CONFIDENCE = 0.85
_SWITCH_WORDS = 3
# About eight words: what follows a question up is short, what stands for itself is not.
_FOLLOW_UP_LETTERS = 48


@dataclass(frozen=True)
class Reading:
    """A message understood, the language to answer in, and whether that language is settled for the conversation.

    `question` is what was looked up in the knowledge base: the message, behind the question that it follows up.
    """

    understanding: Understanding
    conversation: Conversation
    places: tuple[Place, ...]
    language: str
    is_settled: bool
    question: str
    knowledge: Knowledge


class Reader:
    """Understands recorded messages one at a time, as channels need them."""

    def __init__(
        self,
        normalizer: Normalizer,
        understander: Understander,
        geocoder: Geocoder,
        city: City,
        knowledge: KnowledgeShelf,
        still_there: StillThere,
    ) -> None:
        self._still_there = still_there
        self._knowledge = knowledge
        self._normalizer = normalizer
        self._understander = understander
        self._geocoder = geocoder
        self._city = city

    def read(self, recorded: Recorded, conversation: Conversation) -> Reading:
        """Understand a message in the light of its conversation."""
        text = recorded.text[: self._city.policy.text_limit]
        hint = recorded.language_hint if recorded.language_hint in self._city.languages else None
        normalized = self._normalize(text, recorded, conversation, hint)
        chosen = self._chosen_language(normalized, conversation)
        if chosen is not None and conversation.pending is not None:
            # The resident has named the language of what they said before: that is what is to be understood now.
            text = conversation.pending
            normalized = self._normalizer.normalize([Heard(text, chosen=chosen)])[0]
            conversation = replace(conversation, state=State.READY, language=chosen, pending=None, options=(), question=None)
        understanding = self._understander.understand([normalized])[0]
        question = text
        if is_follow_up(understanding, conversation, self._city.policy):
            question = f"{conversation.asked} {text}"
            understanding = self._in_context(understanding, question)
        places = self._places(normalized, recorded.location)
        language, is_settled = self._language(understanding, conversation, hint, recorded.channel)
        return Reading(understanding, conversation, places, language, is_settled, question, self._knowledge())

    def situation(self, reading: Reading, recorded: Recorded, now: datetime) -> Situation:
        """What `decide` may know besides the message."""
        conversation = reading.conversation
        return Situation(
            state=conversation.state,
            drafts=conversation.drafts,
            options=conversation.options,
            place_options=conversation.place_options,
            times_asked=conversation.question.times if conversation.question else 0,
            language=reading.language if reading.is_settled else None,
            places=reading.places,
            has_photo=recorded.has_photo,
            speech_confidence=recorded.speech_confidence,
            article=conversation.article,
            asked=conversation.asked,
            articles=reading.knowledge.articles,
            today=date_in(self._city, now),
            is_still_there=conversation.state is State.CLOSED_ASKED and self._still_there.is_said(recorded.text),
        )

    def find_places(self, words: str, language: str) -> tuple[Place, ...]:
        """The places that `words`, typed by themselves, may mean; none where they name no place."""
        return self._geocoder.locate(self._normalizer.normalize([Heard(words, before=language)])[0].places)

    def _in_context(self, understanding: Understanding, question: str) -> Understanding:
        """Look a short message up behind the question that it follows ("and on Saturdays?"), and keep its own words and day."""
        message = replace(understanding.message, text=question, segments=())
        together = self._understander.understand([message])[0]
        sure = self._city.policy.answer_confidence
        if not together.articles or together.articles[0].confidence < sure:
            return understanding
        return replace(understanding, kind=Kind.INFO, confidence=together.confidence, articles=together.articles)

    def _normalize(self, text: str, recorded: Recorded, conversation: Conversation, hint: str | None) -> NormalizedMessage:
        is_chosen = recorded.channel in _CHOSEN_BY_HAND
        heard = Heard(
            text,
            chosen=hint if is_chosen else None,
            before=conversation.language or hint,
            is_speech=recorded.speech_confidence is not None,
        )
        return self._normalizer.normalize([heard])[0]

    def _chosen_language(self, normalized: NormalizedMessage, conversation: Conversation) -> str | None:
        command = normalized.command
        if conversation.state is not State.CHOOSING_LANGUAGE or command is None:
            return None
        if command.name is CommandName.LANGUAGE:
            return command.argument
        return _option(command, conversation.options)

    def _places(self, normalized: NormalizedMessage, location: Location | None) -> tuple[Place, ...]:
        named = self._geocoder.locate(normalized.places)
        if location is None:
            return named
        words = named[0].text if named else f"{location.latitude:.5f}, {location.longitude:.5f}"
        return (Place(words, Precision.POINT, location.latitude, location.longitude),)

    def _language(
        self, understanding: Understanding, conversation: Conversation, hint: str | None, channel: Channel
    ) -> tuple[str, bool]:
        """Return the language to answer in, and whether the conversation may rely on it."""
        guess = understanding.message.language
        if hint is not None and channel in _CHOSEN_BY_HAND:
            return hint, True
        settled = conversation.language or hint
        command = understanding.message.command
        if settled is None and command is not None and command.language in self._city.languages:
            # One word is too little for a model, but a lexicon knows whose word it is.
            return command.language, False
        if settled is None:
            is_sure = guess.confidence >= self._city.policy.language_confidence and guess.code in self._city.languages
            return (guess.code if guess.code in self._city.languages else self._city.languages[0]), is_sure
        if self._switches(understanding, guess, settled, conversation.state):
            return guess.code, True
        return settled, True

    def _switches(self, understanding: Understanding, guess: Language, settled: str, state: State) -> bool:
        return (
            guess.code != settled
            and guess.code in self._city.languages
            and state in _MAY_SWITCH
            and guess.confidence >= _SWITCH_CONFIDENCE
            and understanding.kind is not Kind.COMMAND
            and (len(understanding.message.text.split()) >= _SWITCH_WORDS or guess.code.startswith("zh"))
        )


def is_follow_up(understanding: Understanding, conversation: Conversation, policy: Policy) -> bool:
    """Whether a message leans on the question before it: short, no order, and by itself neither an answer nor a report."""
    message = understanding.message
    if conversation.state is not State.ANSWERED or message.command is not None or understanding.emergency is not None:
        return False
    if not 0 < letters_worth(message.text) <= _FOLLOW_UP_LETTERS:
        return False
    finds_article = bool(understanding.articles) and understanding.articles[0].confidence >= policy.answer_confidence
    best = understanding.best_service
    is_report = understanding.kind is Kind.SERVICE and best is not None and best.confidence >= policy.ask_confidence
    return not finds_article and not is_report


def _option(command: Command, options: tuple[str, ...]) -> str | None:
    if command.name is not CommandName.CHOICE or command.argument is None:
        return None
    index = int(command.argument) - 1
    return options[index] if 0 <= index < len(options) else None
