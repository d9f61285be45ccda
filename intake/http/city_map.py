"""`GET /map/base.json`: what lies under the points of every map, drawn from the city pack once a process."""

import json
from hashlib import sha256
from threading import Lock

from fastapi import APIRouter, Request, Response

from intake.wiring import Service
from routing.map_base import MapBase, draw_base

router = APIRouter()


@router.get("/map/base.json")
def show_base(request: Request) -> Response:
    """Send the base; a browser that has it already is told so."""
    sheet: MapSheet = request.app.state.map_sheet
    body, tag = sheet.read()
    headers = {"ETag": tag, "Cache-Control": "public, max-age=3600"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


class MapSheet:
    """The base as JSON, drawn when it is first asked for: it takes a second that no start should wait for."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._turn = Lock()
        self._drawn: tuple[bytes, str] | None = None

    def read(self) -> tuple[bytes, str]:
        """The bytes and their tag."""
        with self._turn:
            if self._drawn is None:
                settings = self._service.settings
                tiles = {"url": settings.tile_url, "credit": settings.tile_credit} if settings.tile_url else None
                body = _json(draw_base(self._service.intake.city), tiles)
                self._drawn = body, f'"{sha256(body).hexdigest()[:16]}"'
            return self._drawn


def _json(base: MapBase, tiles: dict[str, str] | None) -> bytes:
    sheet = {
        "bounds": base.bounds,
        "outlines": [{"name": one.name, "rings": one.rings, "at": one.label_at} for one in base.outlines],
        "streets": [{"name": one.name, "path": one.path, "main": one.is_main} for one in base.streets],
        "tiles": tiles,
    }
    return json.dumps(sheet, ensure_ascii=False, separators=(",", ":")).encode()
