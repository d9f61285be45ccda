"""What the forms of a case's page do; each leads back to the page, which says why where something cannot be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from intake.console.case_desk import CaseDesk
from intake.console.people import Person
from intake.errors import CaseError
from intake.http.console.case_pages import case_page
from intake.http.console.frame import admit, signed_in
from intake.wiring import Service
from routing.catalog import Priority
from routing.drafts import Place, Precision

router = APIRouter(dependencies=[Depends(admit)])
_CASE = "/console/cases/{number}"
_LETTERS, _DESCRIPTION_LETTERS = 300, 4000
_AS_WRITTEN = "as_written"


@dataclass(frozen=True)
class _Asked:
    """A form that was sent: the fields by name, and who sent it."""

    desk: CaseDesk
    number: str
    form: FormData
    person: Person
    now: datetime

    def text(self, name: str, limit: int = _LETTERS) -> str:
        """A field without blanks around it, "" where it is missing."""
        return str(self.form.get(name, "")).strip()[:limit]


@router.post(_CASE + "/service")
async def change_service(request: Request, number: str) -> Response:
    """Give the case another service."""
    return await _do(request, number, lambda a: a.desk.change_service(number, a.text("service"), a.person, a.now))


@router.post(_CASE + "/place")
async def change_place(request: Request, number: str) -> Response:
    """Put the case at another place; where words fit several, the page asks which."""
    form = await request.form()
    return await run_in_threadpool(_change_place, request, _asked(request, number, form))


@router.post(_CASE + "/priority")
async def set_priority(request: Request, number: str) -> Response:
    """Say how soon staff should look."""
    return await _do(request, number, lambda a: a.desk.set_priority(number, _priority(a), a.person, a.now))


@router.post(_CASE + "/tasks")
async def add_task(request: Request, number: str) -> Response:
    """Give a department a task."""
    return await _do(request, number, _add_task)


@router.post(_CASE + "/tasks/{task_id}/done")
async def finish_task(request: Request, number: str, task_id: int) -> Response:
    """Note that a task is done."""
    return await _do(request, number, lambda a: a.desk.finish_task(number, task_id, a.person, a.now))


@router.post(_CASE + "/merge")
async def merge(request: Request, number: str) -> Response:
    """Let the case stand as another does."""
    return await _do(request, number, lambda a: a.desk.merge(number, a.text("into"), a.person, a.now))


@router.post(_CASE + "/unmerge")
async def unmerge(request: Request, number: str) -> Response:
    """Let the case stand for itself again."""
    return await _do(request, number, lambda a: a.desk.unmerge(number, a.person, a.now))


@router.post(_CASE + "/split")
async def split(request: Request, number: str) -> Response:
    """Open another case for the same message; the page of the first one shows both."""
    return await _do(request, number, _split)


@router.post(_CASE + "/close")
async def close(request: Request, number: str) -> Response:
    """Close the case."""
    return await _do(request, number, lambda a: a.desk.close(number, a.text("note"), a.person, a.now))


@router.post(_CASE + "/reopen")
async def reopen(request: Request, number: str) -> Response:
    """Open the case again."""
    return await _do(request, number, lambda a: a.desk.reopen(number, a.person, a.now))


@router.post(_CASE + "/withdraw")
async def withdraw(request: Request, number: str) -> Response:
    """Take back a case that was opened by mistake."""
    return await _do(request, number, lambda a: a.desk.withdraw(number, a.person, a.now))


@router.post(_CASE + "/effects/{effect_id}")
async def try_again(request: Request, number: str, effect_id: str) -> Response:
    """Put back what was given up."""
    return await _do(request, number, lambda a: a.desk.try_again(number, effect_id, a.person, a.now))


async def _do(request: Request, number: str, act: Callable[[_Asked], object]) -> Response:
    form = await request.form()
    return await run_in_threadpool(_act, request, _asked(request, number, form), act)


def _asked(request: Request, number: str, form: FormData) -> _Asked:
    service: Service = request.app.state.service
    return _Asked(service.console.cases, number, form, signed_in(request).person, service.clock())


def _act(request: Request, asked: _Asked, act: Callable[[_Asked], object]) -> Response:
    try:
        act(asked)
    except CaseError as error:
        typed = {name: str(value) for name, value in asked.form.items() if name != "csrf"}
        return case_page(request, asked.number, _sentence(str(error)), typed=typed)
    return RedirectResponse(f"/console/cases/{asked.number}", status_code=303)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith("?") else ".")


def _change_place(request: Request, asked: _Asked) -> Response:
    words = asked.text("place")
    if not words and not asked.text("latitude"):
        return case_page(request, asked.number, "Say where it is, or choose a point on the map.")
    found = _places(asked, words)
    if len(found) > 1:
        return case_page(request, asked.number, candidates=found, typed={"place": words})
    return _act(request, asked, lambda a: a.desk.change_place(a.number, found[0], a.person, a.now))


def _places(asked: _Asked, words: str) -> tuple[Place, ...]:
    """The place that was chosen, or those that the words may mean; as it is written where no map knows it."""
    point = _point(asked, words)
    if point is not None:
        return (point,)
    found, choice = asked.desk.places(words), asked.text("choice")
    if choice.isdecimal() and int(choice) < len(found):
        return (found[int(choice)],)
    return (Place(words, Precision.TEXT),) if not found or choice == _AS_WRITTEN else found


def _point(asked: _Asked, words: str) -> Place | None:
    try:
        latitude, longitude = float(asked.text("latitude")), float(asked.text("longitude"))
    except ValueError:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Place(words or f"{latitude:.5f}, {longitude:.5f}", Precision.POINT, latitude, longitude)


def _priority(asked: _Asked) -> Priority:
    try:
        return Priority(asked.text("priority"))
    except ValueError as error:
        raise CaseError("choose a priority") from error


def _add_task(asked: _Asked) -> None:
    department, asset_class, asset = asked.text("department"), asked.text("asset_class", 40), asked.text("asset", 80)
    asked.desk.add_task(asked.number, department, asset_class, asset, asked.person, asked.now)


def _split(asked: _Asked) -> None:
    found = asked.desk.places(asked.text("place")) if asked.text("place") else ()
    place = (found[0] if len(found) == 1 else Place(asked.text("place"), Precision.TEXT)) if asked.text("place") else None
    description = asked.text("description", _DESCRIPTION_LETTERS)
    asked.desk.split(asked.number, asked.text("service"), description, place, asked.person, asked.now)
