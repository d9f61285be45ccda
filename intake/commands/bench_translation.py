"""How much answering residents slows down while their messages are being translated, in the process that does both."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tqdm import tqdm

from channels.messages import Channel, InboundMessage
from channels.twilio_sms import answer_sms
from intake.delivery_tables import EffectTable
from intake.errors import RefuseToStart
from intake.pipeline import receive
from intake.settings import Settings
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension

_TRANSLATED = 200
# Residents do not write in one breath: a pause between messages lets the rest of the process work, as on any day.
_PAUSE_SECONDS = 0.05
_GIVE_UP_SECONDS = 300


def seconds_beside_translating(parts: Comprehension, count: int, folder: Path) -> tuple[list[float], list[float], str]:
    """Answer messages with nothing else to do, and while 200 others are being translated; return both, and what was done meanwhile.

    Raises RefuseToStart where no engine translates any language.
    """
    settings = Settings().model_copy(update={"database_url": f"sqlite:///{folder / 'bench.db'}"})
    service = build_service(settings, understanding=parts)
    able = [one.language for one in service.translations.capabilities() if one.to_english]
    if not able:
        raise RefuseToStart("no engine translates any language; install a package first: python -m intake translation install es")
    translated = _corpus(parts, [able[0]])
    others = _corpus(parts, [code for code in parts.city.languages if code not in able])
    service.start_delivery()
    try:
        alone = _answer(service, others, count, lambda: True)
        begin = time.perf_counter()
        for i in range(_TRANSLATED):
            # Two together: each alone is known to the memory, which needs no engine.
            _receive(service, f"{translated[i % len(translated)]}. {translated[(i + 1) % len(translated)]}", i)
        beside = _answer(service, others, count, lambda: _done(service) < _TRANSLATED)
        during = _done(service)
        while _done(service) < _TRANSLATED and time.perf_counter() - begin < _GIVE_UP_SECONDS:
            time.sleep(1)
        rest = f"{during} translated meanwhile, {_done(service)} of {_TRANSLATED} after {time.perf_counter() - begin:.0f} s ({able[0]})"
    finally:
        service.stop_delivery()
        service.engine.dispose()
    return alone, beside, rest


def _answer(service: Service, texts: Sequence[str], count: int, goes_on: Callable[[], bool]) -> list[float]:
    seconds = []
    for i in tqdm(range(count), desc="messages", leave=False, disable=None):
        if not goes_on():
            break
        begin = time.perf_counter()
        _receive(service, texts[i % len(texts)], i)
        seconds.append(time.perf_counter() - begin)
        time.sleep(_PAUSE_SECONDS)
    return seconds


def _receive(service: Service, text: str, number: int) -> None:
    inbound = InboundMessage(Channel.SMS, str(uuid4()), f"+1617555{number % 10_000:04d}", text, service.clock())
    answer_sms(receive(inbound, service.intake, service.clock()).replies)


def _done(service: Service) -> int:
    with Session(service.engine) as session:
        is_translation = EffectTable.payload["type"].as_string() == "translate_for_staff"
        return session.scalar(select(func.count()).where(is_translation, EffectTable.delivered_at.is_not(None))) or 0


def _corpus(parts: Comprehension, languages: Sequence[str]) -> list[str]:
    """Messages of some languages, from the corpus that the pack ships."""
    texts: list[str] = []
    for code in languages:
        lines = (parts.city.folder / "corpus" / f"{code}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        texts += [line.split("\t")[2] for line in lines[:: max(1, len(lines) // 200)]]
    return texts
