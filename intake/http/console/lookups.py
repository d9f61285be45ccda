"""`GET /console/services` and `/console/places`: what an agent types is looked up while they type, as JSON."""

from dataclasses import asdict

from fastapi import APIRouter, Depends, Request, Response
from pydantic import TypeAdapter
from starlette.responses import JSONResponse

from intake.console.service_search import find_services
from intake.http.console.frame import admit
from intake.wiring import Service
from routing.drafts import Place

PLACE: TypeAdapter[Place] = TypeAdapter(Place)
router = APIRouter(dependencies=[Depends(admit)])
_LETTERS = 200


@router.get("/console/services")
def look_up_services(request: Request, q: str = "", language: str = "en") -> Response:
    """Find services by name (also as residents of a language read it), keyword or code."""
    service: Service = request.app.state.service
    found = find_services(service.intake.city.catalog, q[:_LETTERS], language)
    return JSONResponse({"services": [asdict(one) for one in found]})


@router.get("/console/places")
def look_up_places(request: Request, q: str = "", language: str = "en") -> Response:
    """Find places, with the points that the map shows of them."""
    service: Service = request.app.state.service
    places = service.intake.reader.find_places(q[:_LETTERS], language)
    points = [point for place in places if (point := point_of(place)) is not None]
    offered = [{"words": place.with_neighborhood(), "value": place_value(place)} for place in places]
    return JSONResponse({"places": offered, "points": points})


def place_value(place: Place) -> str:
    """A place as a form's field holds it."""
    return PLACE.dump_json(place).decode()


def point_of(place: Place, kind: str = "candidate") -> dict[str, str | float] | None:
    """A place as `<city-map>` shows it; None where nobody knows where it is."""
    if place.latitude is None or place.longitude is None:
        return None
    return {"lat": place.latitude, "lon": place.longitude, "label": place.text, "kind": kind}
