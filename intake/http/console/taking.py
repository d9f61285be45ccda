"""`POST /console/next`, `/console/undo` and giving an item back: the ways from one item to another."""

import re

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from intake.console.people import Person
from intake.http.console.frame import admit, signed_in
from intake.wiring import Service

_ID = re.compile("[0-9]{1,9}")
router = APIRouter(dependencies=[Depends(admit)])


@router.post("/console/next")
async def take_next(request: Request) -> Response:
    """Take the next item, and leave the one that the form names for somebody else."""
    form = await request.form()
    after = _ID.fullmatch(str(form.get("after", "")))
    service: Service = request.app.state.service
    return await run_in_threadpool(go_on, signed_in(request).person, service, int(after[0]) if after else None)


@router.post("/console/reviews/{review_id}/release")
def release(review_id: int, request: Request) -> Response:
    """Give an item back and return to the queue."""
    service: Service = request.app.state.service
    service.console.queue.release(review_id, signed_in(request).person, service.clock())
    return RedirectResponse("/console", status_code=303)


def go_on(person: Person, service: Service, after: int | None = None) -> Response:
    """Lead a person to the next item that nobody else has, or to the queue."""
    queue = service.console.queue
    found = queue.claim_next(person, service.clock(), after=after)
    if found is not None:
        return RedirectResponse(f"/console/reviews/{found}", status_code=303)
    return RedirectResponse("/console?note=all-taken" if queue.count() else "/console", status_code=303)
