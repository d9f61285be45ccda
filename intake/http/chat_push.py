"""What a chat gets unasked: a person's messages, whether a person has the talk, and that somebody is typing."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from intake.staff_messages import StaffMessages, StaffWords

_log = structlog.get_logger()
_SESSION = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_LOOKS_EVERY_SECONDS = 0.7
_TYPING_SECONDS = 3.0
_SLOW_SECONDS = 5.0
# A client that comes anew has forgotten what it showed; what is older than a day is no talk any more.
_KEPT = timedelta(hours=24)
_Side = Literal["resident", "staff"]
_Send = Callable[[dict[str, Any]], Awaitable[None]]


class Typing:
    """Who is typing just now. It is kept by this process alone: where several serve, the sign only shows between two of the same.

    Nothing is lost by that but a courtesy, and a row in the database for each key would cost more than it is worth.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[int, _Side], float] = {}

    def note(self, conversation_id: int, side: _Side) -> None:
        """Somebody pressed a key."""
        now = self._clock()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[conversation_id, side] = now + _TYPING_SECONDS

    def is_typing(self, conversation_id: int, side: _Side) -> bool:
        """Whether somebody did within the last seconds."""
        return self._until.get((conversation_id, side), 0.0) > self._clock()


@dataclass(frozen=True)
class _Seen:
    """What was found at one look: chats by session, those that a person has, and messages on their way."""

    chats: Mapping[str, int]
    held: frozenset[int]
    words: tuple[StaffWords, ...]


class Line:
    """One open socket. It belongs to the session that its first frame names."""

    def __init__(self, send: _Send, push: "ChatPush") -> None:
        self._send = send
        self._push = push
        self._pushed: set[int] = set()
        self._received = 0
        self._is_held = False
        self._has_greeted = False
        self.session = ""
        self.conversation_id: int | None = None

    async def hear(self, frame: str) -> bool:
        """Take a frame that is no message ("seen", "typing") and return True; a message only tells whose line this is."""
        heard = _read(frame)
        session = heard.get("session")
        if isinstance(session, str) and _SESSION.fullmatch(session) and not self.session:
            self.session = session
        if "text" in heard or not heard.keys() & {"seen", "typing"}:
            return False
        if not self.session or session != self.session:
            return True
        if heard.get("typing") is True and self.conversation_id is not None:
            self._push.typing.note(self.conversation_id, "resident")
        if "seen" in heard:
            await self._hear_seen(_number(heard["seen"]))
        return True

    async def look(self, seen: _Seen) -> None:
        """Send on what is new for this line."""
        self.conversation_id = self.conversation_id or seen.chats.get(self.session)
        if self.conversation_id is None:
            return
        is_held = self.conversation_id in seen.held
        if is_held != self._is_held:
            self._is_held = is_held
            await self._send({"held": is_held})
        for words in seen.words:
            if words.conversation_id == self.conversation_id:
                await self._push_once(words)
        if self._push.typing.is_typing(self.conversation_id, "staff"):
            await self._send({"typing": True})

    async def _hear_seen(self, seen: int) -> None:
        """The first such frame of a line asks for what was missed; each later one says what has arrived."""
        if not self._has_greeted:
            self._has_greeted = True
            for words in await self._push.missed(self, seen):
                await self._push_once(words)
        elif self.conversation_id is not None and seen > self._received:
            self._received = seen
            await self._push.note_received(self.conversation_id, seen, self._pushed)

    async def _push_once(self, words: StaffWords) -> None:
        if words.id in self._pushed:
            return
        # Two look at the same time, a greeting and the regular look; the first one sends.
        self._pushed.add(words.id)
        try:
            await self._send({"staff": staff_json(words)})
        except BaseException:
            self._pushed.discard(words.id)
            raise


class ChatPush:
    """One for each process: looks into the database while sockets are open, for all of them at once."""

    def __init__(self, staff: StaffMessages, clock: Callable[[], datetime], *, seconds: float = _LOOKS_EVERY_SECONDS) -> None:
        self.typing = Typing()
        self._staff = staff
        self._clock = clock
        self._seconds = seconds
        self._lines: set[Line] = set()
        self._looking: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def line(self, send: _Send) -> AsyncIterator[Line]:
        """Push to a socket for as long as it is open."""
        line = Line(send, self)
        self._lines.add(line)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield line
        finally:
            self._lines.discard(line)
            if not self._lines and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def missed(self, line: Line, seen: int) -> tuple[StaffWords, ...]:
        """What a line lacks whose client has seen messages up to `seen`."""
        if line.conversation_id is None:
            line.conversation_id = (await run_in_threadpool(self._staff.chats, [line.session])).get(line.session)
        if line.conversation_id is None:
            return ()
        return await run_in_threadpool(self._staff.missed, line.conversation_id, seen, self._clock() - _KEPT)

    async def note_received(self, conversation_id: int, up_to: int, pushed: set[int]) -> None:
        """Note what a client says that it got, of what it was sent."""
        await run_in_threadpool(self._staff.note_received, conversation_id, [id_ for id_ in pushed if id_ <= up_to])

    def shown_in(self, session: str) -> tuple[StaffWords, ...]:
        """All that a page without a script shows of a session; a browser that has the page has got them."""
        conversation_id = self._staff.chats([session]).get(session)
        if conversation_id is None:
            return ()
        words = self._staff.missed(conversation_id, 0, self._clock() - _KEPT)
        self._staff.note_received(conversation_id, [one.id for one in words])
        return words

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            lines = [line for line in self._lines if line.session]
            try:
                seen = await run_in_threadpool(self._look, lines)
            except Exception:  # noqa: BLE001 - A database that is away for a moment must not end the looking.
                _log.exception("chats_not_looked_at")
                continue
            await asyncio.gather(*(self._tell(line, seen) for line in lines))

    def _look(self, lines: list[Line]) -> _Seen:
        chats = self._staff.chats([line.session for line in lines if line.conversation_id is None])
        known = {*chats.values(), *(line.conversation_id for line in lines if line.conversation_id is not None)}
        return _Seen(chats, self._staff.held(known), self._staff.on_the_way(known))

    async def _tell(self, line: Line, seen: _Seen) -> None:
        try:
            async with asyncio.timeout(_SLOW_SECONDS):
                await line.look(seen)
        except (WebSocketDisconnect, RuntimeError, TimeoutError) as error:
            # The socket closed meanwhile, or its client reads nothing; whoever reads from it ends the line.
            _log.info("chat_not_reached", reason=type(error).__name__)


def staff_json(words: StaffWords) -> dict[str, Any]:
    """A person's message as chat clients get it."""
    return {
        "id": words.id,
        "name": words.name,
        "text": words.text,
        "language": words.language,
        "original": words.original,
        "is_machine_translated": words.is_machine_translated,
    }


def _read(frame: str) -> dict[str, Any]:
    try:
        heard = json.loads(frame)
    except ValueError:
        return {}
    return heard if isinstance(heard, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
