"""`talk`: a conversation in the terminal, as a phone would have it."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from channels.messages import Channel, InboundMessage
from channels.segments import count_segments
from channels.twilio_sms import text_of
from intake.delivering.durable import HeldOutbox
from intake.pipeline import receive
from intake.settings import Settings
from intake.wiring import build_service


def add_talk(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("talk", help="talk with the service in the terminal, as by text message")
    parser.add_argument("--why", action="store_true", help="show what was decided, and why")
    parser.set_defaults(run=_talk)


def _talk(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'talk.db'}"
        service = build_service(Settings(database_url=url), outbox=HeldOutbox())
        print(f"You are texting {service.intake.city.name} 311. Write in any of its languages; Ctrl-D ends.", file=sys.stderr)
        while (text := _read_line()) is not None:
            inbound = InboundMessage(Channel.CONSOLE, str(uuid4()), "+16175550100", text, service.clock())
            answered = receive(inbound, service.intake, service.clock())
            for reply in answered.replies:
                written = text_of(reply)
                segments = count_segments(written)
                print(f"\n311> {written}\n     [{segments.count} × {segments.encoding}, {reply.language}]\n")
            if options.why:
                print(f"     {service.intake.store.explain(answered.message_id)}\n")
    return 0


def _read_line() -> str | None:
    try:
        return input("you> " if sys.stdin.isatty() else "")
    except EOFError:
        return None
