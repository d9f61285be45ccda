"""`/console/audit`: who did what, the newest first."""

from fastapi import APIRouter, Depends, Request, Response

from intake.http.console.frame import admit, console_pages
from intake.wiring import Service

router = APIRouter(dependencies=[Depends(admit)])
_SHOWN = 200


@router.get("/console/audit")
def show_audit(request: Request, actor: str = "", name: str = "") -> Response:
    """Show what people did, all of it or what one of them did."""
    service: Service = request.app.state.service
    done = service.console.audit.latest(_SHOWN, actor=actor.strip(), name=name.strip())
    return console_pages(request).render(request, "audit.html", done=done, actor=actor, name=name, shown=_SHOWN)
