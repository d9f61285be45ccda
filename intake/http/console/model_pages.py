"""`/console/models`: bundles with their figures, and publishing, rolling back and reports by the workbench's own commands."""

from dataclasses import asdict

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import FileResponse, JSONResponse, RedirectResponse

from intake.console.model_desk import BusyError
from intake.errors import RejectRequest
from intake.http.console.frame import admit, console_pages, signed_in
from intake.wiring import Service

router = APIRouter(dependencies=[Depends(admit)])
_FIGURES = (
    ("service", "Service first"),
    ("service_among_three", "Service among three"),
    ("kind", "Kind"),
    ("emergencies_found", "Emergencies found"),
    ("near_misses_left_calm", "Look-alikes left calm"),
    ("language", "Language"),
)


@router.get("/console/models")
def show_models(request: Request) -> Response:
    """Show all bundles, what was published, and what the last command said."""
    service: Service = request.app.state.service
    desk = service.console.models
    return console_pages(request).render(
        request,
        "models.html",
        bundles=desk.list(),
        figures=_FIGURES,
        languages=service.intake.city.languages,
        published=desk.publications(),
        job=desk.job(),
        in_use=service.bundle.card,
    )


@router.get("/console/models/job")
def show_job(request: Request) -> Response:
    """What the last command has said so far, for the page that shows it."""
    service: Service = request.app.state.service
    job = service.console.models.job()
    if job is None:
        return JSONResponse(None)
    return JSONResponse({**asdict(job), "started_at": job.started_at.isoformat()})


@router.get("/console/models/{bundle}/report")
def show_report(request: Request, bundle: str) -> Response:
    """A bundle's report; it brings its own style, and is kept from doing anything else."""
    service: Service = request.app.state.service
    path = service.console.models.report(bundle)
    if path is None:
        raise RejectRequest(404, "no report of this bundle; write it first")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})


@router.post("/console/models/{bundle}/publish")
async def publish(request: Request, bundle: str) -> Response:
    """Measure a bundle and publish it, if no language loses or the reason to do so all the same is given."""
    accept = str((await request.form()).get("accept", "")).strip()
    return _begin(request, "bundle_publish_begun", bundle, accept)


@router.post("/console/models/{bundle}/report")
def write_report(request: Request, bundle: str) -> Response:
    """Write a bundle's report."""
    return _begin(request, "report_begun", bundle, "")


@router.post("/console/models/rollback")
async def roll_back(request: Request) -> Response:
    """Return to the bundle before; a reason must be given."""
    reason = str((await request.form()).get("reason", "")).strip()
    if not reason:
        raise RejectRequest(422, "say why; the reason is recorded")
    return _begin(request, "bundle_rollback_begun", "", reason)


def _begin(request: Request, name: str, bundle: str, reason: str) -> Response:
    service: Service = request.app.state.service
    desk, by, now = service.console.models, signed_in(request).person.login, service.clock()
    try:
        match name:
            case "bundle_publish_begun":
                desk.publish(bundle, reason, by, now)
            case "report_begun":
                desk.write_report(bundle, by, now)
            case _:
                desk.roll_back(reason, by, now)
    except BusyError as error:
        raise RejectRequest(409, f"one at a time: `{error}` is still running") from error
    except ValueError as error:
        raise RejectRequest(404, str(error)) from error
    service.console.audit.note(by, name, f"bundle {bundle or 'before'}", now, after={"reason": reason})
    return RedirectResponse("/console/models", status_code=303)
