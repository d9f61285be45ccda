"""Handling a message twice is the same as handling it once, whatever is said, in whatever order repeats come."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.messages import Channel, InboundMessage
from intake.delivering.durable import HeldOutbox
from intake.delivery_tables import EffectTable
from intake.pipeline import process_message, receive
from intake.settings import Settings
from intake.tables import CaseTable, DecisionTable, OptOutTable, ReviewTable, Table
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension
from tests.conftest import Clock

TEXTS = (
    "There is a deep pothole at 450 Blue Hill Ave",
    "yes",
    "no",
    "STOP",
    "START",
    "I smell gas",
    "agent",
    "hay un hoyo en la calle",
    "status",
    "1",
)
TABLES: tuple[type[Table], ...] = (CaseTable, ReviewTable, EffectTable, OptOutTable, DecisionTable)
talks = st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(1, 3), st.booleans()), min_size=1, max_size=6)


@given(talk=talks)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_repeats_change_nothing(talk: list[tuple[str, int, bool]], understanding: Comprehension) -> None:
    once = outcome([(text, 1, False) for text, _, _ in talk], understanding)
    assert outcome(talk, understanding) == once


def outcome(talk: list[tuple[str, int, bool]], understanding: Comprehension) -> dict[str, Any]:
    """What a talk leaves behind; each message is received `times`, and where asked the first one again at the end."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'intake.db'}"
        clock = Clock()
        service = build_service(
            Settings(database_url=url, var_folder=Path(folder)), clock=clock, outbox=HeldOutbox(), understanding=understanding
        )
        answers = []
        for number, (text, times, again) in enumerate(talk):
            inbound = InboundMessage(Channel.SMS, str(number), "+16175550123", text, clock())
            answers.append({receive(inbound, service.intake, clock()).replies for _ in range(times)}.pop())
            if again:
                process_message(1, service.intake, clock())
        left = {table.__tablename__: rows(service, table) for table in TABLES}
        service.engine.dispose()
    texts = [[without_link(reply.text) for reply in replies] for replies in answers]
    return {"answers": texts, **left}


def rows(service: Service, table: type[Table]) -> int:
    with Session(service.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def without_link(text: str) -> str:
    return text.split("?key=", maxsplit=1)[0]
