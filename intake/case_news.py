"""Residents hear when their case is closed or opened again: in their language, on their channel, once an event."""

from dataclasses import dataclass

from channels.messages import Channel, Reply
from intake.case_ledger import CaseLedger
from intake.effects import SendReply, TellCaseNews
from intake.speaker import Speaker
from intake.store import Store

# Whoever has no number reads the news on the status page.
_TEXTED = frozenset({Channel.SMS.value, Channel.VOICE.value, Channel.FORM.value})


@dataclass(frozen=True)
class CaseNews:
    """Words an event of a case as a text message."""

    store: Store
    ledger: CaseLedger
    speaker: Speaker

    def text_for(self, effect: TellCaseNews) -> SendReply | None:
        """The text that tells of an event, None where nobody can be texted."""
        news = self.ledger.news(effect)
        if news.channel not in _TEXTED:
            return None
        (case,) = self.store.cases((news.case_number,))
        text = self.speaker.state_of_case(news.language, case)
        reply = Reply(text, news.language, links=(self.speaker.status_link(case),))
        return SendReply(Channel.SMS.value, news.contact_id, reply)
