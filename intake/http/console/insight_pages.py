"""`/console/insight`: figures for managers as charts with their tables behind them, and as CSV."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response

from intake.console.insight_tables import InsightTable, tables_of, write_csv
from intake.errors import RejectRequest
from intake.http.console.frame import admit, console_pages
from intake.wiring import Service

router = APIRouter(dependencies=[Depends(admit)])
DAYS = (7, 30, 90, 365)


@router.get("/console/insight")
def show_insight(request: Request, days: int = 30) -> Response:
    """Show all figures of the last `days` days."""
    service: Service = request.app.state.service
    return console_pages(request).render(
        request, "insight.html", tables=_tables(service, days), days=days, choices=DAYS, today=service.today()
    )


@router.get("/console/insight/{table_id}.csv")
def download(request: Request, table_id: str, days: int = 30) -> Response:
    """One table as CSV."""
    service: Service = request.app.state.service
    table = next((one for one in _tables(service, days) if one.id == table_id), None)
    if table is None:
        raise RejectRequest(404, "no such table")
    name = f"{service.intake.city.id}-{table.id}-{days}-days-to-{service.today()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(write_csv(table), media_type="text/csv; charset=utf-8", headers=headers)


def _tables(service: Service, days: int) -> tuple[InsightTable, ...]:
    if days not in DAYS:
        raise RejectRequest(422, f"days is one of {', '.join(map(str, DAYS))}")
    now = service.clock()
    return tables_of(service.console.insight.read(now - timedelta(days=days), now))
