"""`GET /console/photos/{id}`: a resident's photo, as it was stored: a clean JPEG without what cameras add."""

from fastapi import APIRouter, Depends, Request, Response

from intake.console.photo_keys import photo_key
from intake.errors import RejectRequest
from intake.http.console.frame import admit
from intake.wiring import Service

router = APIRouter(dependencies=[Depends(admit)])


@router.get("/console/photos/{attachment_id}")
def show_photo(attachment_id: int, request: Request) -> Response:
    """Show a photo to those who talk with residents."""
    service: Service = request.app.state.service
    key = photo_key(service.engine, attachment_id)
    photo = service.photos.read(key) if key is not None else None
    if photo is None:
        raise RejectRequest(404, "there is no such photo")
    return Response(photo, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
