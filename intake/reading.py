"""A recorded message is understood: the slow and pure part of the journey, with no transaction open."""

from dataclasses import dataclass, replace

from channels.messages import Channel, Location
from intake.conversation import Conversation
from intake.work import Recorded
from models.understand import Understander
from models.understanding import Kind, Understanding
from nlp.message import Command, CommandName, Language, NormalizedMessage
from nlp.normalize import Heard, Normalizer
from routing.city import City
from routing.drafts import Place, Precision, Situation, State
from routing.geocoder import Geocoder

# Where the resident chose the language by hand, a guess never overrules them.
_CHOSEN_BY_HAND = frozenset({Channel.FORM, Channel.VOICE})
# In these states a message may be in another language than before; elsewhere it is an answer, often only a place or a number.
_MAY_SWITCH = frozenset({State.READY, State.DESCRIBING, State.WITH_STAFF})
_SWITCH_CONFIDENCE = 0.85
_SWITCH_WORDS = 3


@dataclass(frozen=True)
class Reading:
    """A message understood, the language to answer in, and whether that language is settled for the conversation."""

    understanding: Understanding
    conversation: Conversation
    places: tuple[Place, ...]
    language: str
    is_settled: bool


class Reader:
    """Understands recorded messages one at a time, as channels need them."""

    def __init__(self, normalizer: Normalizer, understander: Understander, geocoder: Geocoder, city: City) -> None:
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
        places = self._places(normalized, recorded.location)
        language, is_settled = self._language(understanding, conversation, hint, recorded.channel)
        return Reading(understanding, conversation, places, language, is_settled)

    def situation(self, reading: Reading, recorded: Recorded) -> Situation:
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
        )

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


def _option(command: Command, options: tuple[str, ...]) -> str | None:
    if command.name is not CommandName.CHOICE or command.argument is None:
        return None
    index = int(command.argument) - 1
    return options[index] if 0 <= index < len(options) else None
