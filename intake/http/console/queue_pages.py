"""`/console`: what waits for a person, live; and the way to each person's first page."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, StreamingResponse

from intake.console.queue import QueueItem
from intake.console.reason_words import language_name
from intake.http.console.frame import admit, console_pages, pages_for, signed_in
from intake.http.console.last_action import last_action
from intake.http.console.review_view import WEIGHTS, Weight
from intake.wiring import Service

router = APIRouter(dependencies=[Depends(admit)])
_POLL_SECONDS = 1.0
_POLLS_A_HEARTBEAT = 15
# A stream ends by itself and the browser asks anew: so a session that is over is noticed, and a server can stop.
_POLLS = 20
_KEYS = (("n", "take the next item"), ("u", "undo what you did last"), ("?", "this list"))
_NOTES = {
    "all-taken": "Nothing else is free: everything that waits is with somebody.",
    "nothing-to-undo": "There is nothing to undo any more.",
    "cannot-undo": "This cannot be undone any more: somebody has gone on from there.",
}


@dataclass(frozen=True)
class Line:
    """One line of the table: a review, and what has to be worded for this person at this moment."""

    item: QueueItem
    weight: Weight
    language: str
    waited: str
    holder: str


@router.get("/console")
def land(request: Request) -> Response:
    """Show the queue to those who have one, and lead everybody else to the first page that is for them."""
    pages = [path for path, _ in pages_for(signed_in(request).person.role)]
    if "/console" in pages:
        return _show(request, "queue.html")
    return RedirectResponse(pages[0] if pages else "/console/me", status_code=303)


@router.get("/console/waiting")
def show_waiting(request: Request) -> Response:
    """Show the table alone, for a page that is open and asks by itself."""
    return _show(request, "queue_rows.html")


@router.get("/console/events")
def tell_changes(request: Request, since: str = "") -> Response:
    """Tell an open page whenever the queue is another than it was, as server-sent events."""
    # A browser that asks again says what it heard last.
    seen = request.headers.get("last-event-id") or since
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_changes(request, seen), media_type="text/event-stream", headers=headers)


async def _changes(request: Request, seen: str) -> AsyncIterator[str]:
    """Poll until the browser is gone, which cancels the sleep."""
    service: Service = request.app.state.service
    yield "retry: 1000\n\n"
    for poll in range(1, _POLLS + 1):
        marker = await run_in_threadpool(service.console.queue.marker)
        if marker != seen:
            seen = marker
            yield f"id: {marker}\nevent: queue\ndata: {marker}\n\n"
        elif poll % _POLLS_A_HEARTBEAT == 0:
            yield ": still here\n\n"
        await asyncio.sleep(_POLL_SECONDS)


def _show(request: Request, template: str) -> Response:
    service: Service = request.app.state.service
    person, now = signed_in(request).person, service.clock()
    # Read before the list: what changes in between is then told once more rather than never.
    marker = service.console.queue.marker()
    lines = [_line(item, person.id, service) for item in service.console.queue.waiting(person, now)]
    return console_pages(request).render(
        request,
        template,
        marker=marker,
        lines=lines,
        count=service.console.queue.count(),
        note=_NOTES.get(request.query_params.get("note", ""), ""),
        keys=_KEYS,
        last=last_action(person, service),
    )


def _line(item: QueueItem, person_id: int, service: Service) -> Line:
    holder = "you" if item.claimed_by_id == person_id else item.claimed_by
    waited = write_wait(service.clock() - item.opened_at)
    return Line(item, WEIGHTS[item.urgency], language_name(item.language), waited, holder)


def write_wait(waited: timedelta) -> str:
    """How long somebody has waited, in the two units that matter: "4 min", "2 h 10 min", "3 days"."""
    minutes = max(0, int(waited.total_seconds()) // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min"
    return f"{hours // 24} days"
