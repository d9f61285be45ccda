"""`GET /`: what one can do here."""

from fastapi import APIRouter, Request, Response

from intake.http.pages import Pages

router = APIRouter()


@router.get("/")
def show_home(request: Request) -> Response:
    """Show the ways in."""
    pages: Pages = request.app.state.pages
    return pages.render(request, "home.html")
