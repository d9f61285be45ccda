"""Residents hear when their case is closed or opened again: in their language, on their channel, once an event."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from channels.messages import Channel, Choice, Reply
from intake.casework.case_ledger import CaseLedger, News
from intake.casework.fixed_question import FixedQuestion
from intake.effects import SendReply, TellCaseNews
from intake.speaker import Speaker
from intake.store import Store

# Whoever has no number reads the news on the status page.
_TEXTED = frozenset({Channel.SMS.value, Channel.VOICE.value, Channel.FORM.value})


@dataclass(frozen=True)
class CaseNews:
    """Words an event of a case as a text message; where it was closed, the text also asks whether it is fixed."""

    store: Store
    ledger: CaseLedger
    speaker: Speaker
    question: FixedQuestion
    clock: Callable[[], datetime]

    def text_for(self, effect: TellCaseNews) -> SendReply | None:
        """The text that tells of an event, None where nobody can be texted."""
        news = self.ledger.news(effect)
        if news is None or news.channel not in _TEXTED:
            return None
        contact, is_opted_out = self.store.contact(news.contact_id)
        if is_opted_out or not contact.startswith("+"):
            return None
        (case,) = self.store.cases((news.case_number,))
        text = self.speaker.state_of_case(news.language, case)
        link = self.speaker.status_link(case)
        reply = Reply(text, news.language, links=(link,))
        # A case that was opened again meanwhile is told as it stands, and there is nothing to ask.
        if not case.is_open and self.question.put(news.contact_id, case.number, news.language, self.clock()):
            reply = replace(reply, text=f"{text} {self._say(news, 'ask-fixed')}", choices=self._choices(news))
        return SendReply(Channel.SMS.value, news.contact_id, reply)

    def _choices(self, news: News) -> tuple[Choice, ...]:
        return Choice("1", self._say(news, "choice-fixed")), Choice("2", self._say(news, "choice-not-fixed"))

    def _say(self, news: News, phrase: str) -> str:
        return self.speaker.say(news.language, phrase)
