"""Server-rendered pages: the resident's language, its direction, and phrases inside templates."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.core import UnknownLocaleError, negotiate_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from intake.phrases import is_right_to_left
from intake.wiring import Service

_TEMPLATES = Path(__file__).resolve().parent.parent / "pages"
_COOKIE = "lang"
_COOKIE_SECONDS = 365 * 24 * 3600


class Pages:
    """Renders templates in the language that a resident chose or that their browser asks for."""

    def __init__(self, service: Service) -> None:
        self._city = service.intake.city
        self._speaker = service.intake.speaker
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def language(self, request: Request) -> str:
        """The language of a page: `?lang=`, then what was chosen before, then what the browser prefers."""
        for code in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
            if code in self._city.languages:
                return code
        return self._preferred(request.headers.get("accept-language", ""))

    def render(
        self, request: Request, template: str, *, status: int = 200, language: str | None = None, **values: Any
    ) -> HTMLResponse:
        """Render a page, and remember its language when it was chosen by hand."""
        code = language or self.language(request)
        html = self._environment.get_template(template).render(
            language=code,
            direction="rtl" if is_right_to_left(code) else "ltr",
            say=lambda phrase, **variables: self._speaker.say(code, phrase, **variables),
            languages=[(other, self._speaker.language_name(other)) for other in self._city.languages],
            language_links={other: _link(request, other) for other in self._city.languages},
            city=self._city,
            right_to_left=is_right_to_left,
            **values,
        )
        response = HTMLResponse(html, status_code=status)
        if request.query_params.get("lang") == code:
            response.set_cookie(_COOKIE, code, max_age=_COOKIE_SECONDS, httponly=True, samesite="lax")
        return response

    def message(self, request: Request, phrase: str, *, status: int) -> HTMLResponse:
        """Render a page that says one phrase."""
        code = self.language(request)
        return self.render(request, "message.html", status=status, text=Markup.escape(self._speaker.say(code, phrase)))

    def _preferred(self, accept_language: str) -> str:
        wanted = [part.split(";")[0].strip() for part in accept_language.split(",") if part.strip()]
        wanted = [_chinese(code) for code in wanted]
        try:
            found = negotiate_locale(wanted, self._city.languages, sep="-")
        except (ValueError, UnknownLocaleError):
            found = None
        return found or self._city.languages[0]


def _chinese(code: str) -> str:
    """Browsers name Chinese by country: Taiwan, Hong Kong and Macao write traditional characters."""
    if not code.lower().startswith("zh"):
        return code
    return "zh-Hant" if any(region in code.lower() for region in ("tw", "hk", "mo", "hant")) else "zh-Hans"


def _link(request: Request, language: str) -> str:
    # A page that answers a form cannot be asked for again by a link; its start can.
    kept = {name: value for name, value in request.query_params.items() if name != "lang"}
    return f"{request.url.path}?{urlencode({**kept, 'lang': language})}"
