"""The service as a process of its own: killed without warning, it loses nothing and answers everything once."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from intake.settings import ROOT
from tests.conftest import ACCOUNT, AUTH_TOKEN, PUBLIC_URL
from tests.fake_twilio import FakeTwilio
from tests.twilio import sms_form

pytestmark = pytest.mark.processes
_PATIENCE_SECONDS = 60


class Server:
    """`python -m intake serve` on a port and database of its own."""

    def __init__(self, folder: Path, twilio: FakeTwilio) -> None:
        self.database = folder / "intake.db"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._environment = {
            **os.environ,
            "INTAKE_DATABASE_URL": f"sqlite:///{self.database}",
            "INTAKE_CONTACT_KEY": "a key of tests, long enough",
            "INTAKE_PORT": str(self.port),
            "INTAKE_PUBLIC_URL": PUBLIC_URL,
            "INTAKE_TWILIO_ACCOUNT_SID": ACCOUNT,
            "INTAKE_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "INTAKE_TWILIO_FROM": "+16175550311",
            "INTAKE_TWILIO_API_URL": twilio.url,
            "INTAKE_SWEEP_SECONDS": "1",
            "INTAKE_SWEEP_AFTER_SECONDS": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "intake", "serve"],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, "the server answers")

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def post_sms(self, form: dict[str, str]) -> httpx2.Response:
        signature = RequestValidator(AUTH_TOKEN).compute_signature(f"{PUBLIC_URL}/sms", form)
        url = f"http://127.0.0.1:{self.port}/sms"
        return httpx2.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=20)

    def ask(self, query: str) -> list[tuple[int, ...]]:
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200
        except httpx2.TransportError:
            return False


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.1)


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as started:
        yield started


@pytest.fixture
def server(tmp_path: Path, twilio: FakeTwilio) -> Iterator[Server]:
    built = Server(tmp_path, twilio)
    built.start()
    yield built
    built.kill()


def test_killed_while_messages_arrive_every_recorded_message_is_answered_once(server: Server, twilio: FakeTwilio) -> None:
    acknowledged: list[str] = []

    def send(number: int) -> None:
        form = sms_form("There is a deep pothole at 450 Blue Hill Ave", sender=f"+1617555{number:04d}", sid=f"SM{number}")
        try:
            if server.post_sms(form).status_code == 200:
                acknowledged.append(f"{ACCOUNT}:SM{number}")
        except httpx2.TransportError:
            return

    threads = [threading.Thread(target=send, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(acknowledged) >= 5, "some messages are answered")
    server.kill()
    for thread in threads:
        thread.join()
    recorded = server.ask("SELECT count(*) FROM messages")[0][0]
    unanswered = server.ask("SELECT count(*) FROM messages WHERE handled_at IS NULL")[0][0]

    server.start()
    wait_until(lambda: server.ask("SELECT count(*) FROM messages WHERE handled_at IS NULL") == [(0,)], "all are handled")
    wait_until(lambda: len(twilio.sent) >= unanswered, "the swept replies are sent")

    assert server.ask("SELECT count(*) FROM messages") == [(recorded,)]
    assert server.ask("SELECT count(*), count(DISTINCT message_id) FROM decisions") == [(recorded, recorded)]
    assert len({message["To"] for message in twilio.sent}) == len(twilio.sent) == unanswered
    kept = {row[0] for row in server.ask("SELECT provider_id FROM messages")}
    assert set(acknowledged) <= kept


def test_a_photo_is_fetched_after_the_answer_and_kept(server: Server, twilio: FakeTwilio) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
        "53de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
    )
    twilio.media["/media/1"] = ("image/png", png)
    form = sms_form("pothole at 450 Blue Hill Ave", media={f"{twilio.url}/media/1": "image/png"})
    assert server.post_sms(form).status_code == 200
    wait_until(lambda: server.ask("SELECT count(*) FROM attachments WHERE state = 'stored'") == [(1,)], "the photo is kept")
    assert twilio.authorized == [ACCOUNT]
