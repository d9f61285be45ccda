"""Server-rendered pages: the resident's language, its direction, and phrases inside templates."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.core import UnknownLocaleError, negotiate_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from intake.http.static_files import StaticUrls
from intake.phrases import is_right_to_left
from intake.wiring import Service

_TEMPLATES = Path(__file__).resolve().parent.parent / "pages"
_COOKIE, _SIZE_COOKIE = "lang", "text"
_SIZES = ("normal", "large")
_FORMS = {"/report/answer": "/report", "/chat/photo": "/chat"}
_COOKIE_SECONDS = 365 * 24 * 3600


class Pages:
    """Renders templates in the language that a resident chose or that their browser asks for."""

    def __init__(self, service: Service, static_url: StaticUrls) -> None:
        self._city = service.intake.city
        self._speaker = service.intake.speaker
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(static_url=static_url, right_to_left=is_right_to_left, city=self._city)

    def language(self, request: Request) -> str:
        """The language of a page: `?lang=`, then what was chosen before, then what the browser prefers."""
        for code in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
            if code in self._city.languages:
                return code
        return self.nearest(request.headers.get("accept-language", ""))

    def nearest(self, wanted: str) -> str:
        """The city's language that comes nearest to codes as a browser lists them, "es-MX, en;q=0.5"."""
        codes = [_chinese(part.split(";")[0].strip()) for part in wanted.split(",") if part.strip()]
        try:
            found = negotiate_locale(codes, self._city.languages, sep="-")
        except (ValueError, UnknownLocaleError):
            found = None
        return found or self._city.languages[0]

    def render(
        self, request: Request, template: str, *, status: int = 200, language: str | None = None, **values: Any
    ) -> HTMLResponse:
        """Render a page, and remember its language and the size of its text when they were chosen by hand."""
        code = language or self.language(request)
        size = self._size(request)
        html = self._environment.get_template(template).render(
            language=code,
            direction="rtl" if is_right_to_left(code) else "ltr",
            say=lambda phrase, **variables: self._speaker.say(code, phrase, **variables),
            language_name=self._speaker.language_name(code),
            languages=[(other, self._speaker.language_name(other)) for other in self._city.languages],
            language_links={other: _link(request, lang=other) for other in self._city.languages},
            is_large=size == "large",
            size_links={other: _link(request, text=other) for other in _SIZES},
            **values,
        )
        response = HTMLResponse(html, status_code=status)
        if request.query_params.get("lang") == code:
            response.set_cookie(_COOKIE, code, max_age=_COOKIE_SECONDS, httponly=True, samesite="lax")
        if request.query_params.get("text") == size:
            response.set_cookie(_SIZE_COOKIE, size, max_age=_COOKIE_SECONDS, httponly=True, samesite="lax")
        return response

    def message(self, request: Request, phrase: str, *, status: int) -> HTMLResponse:
        """Render a page that says one phrase."""
        code = self.language(request)
        return self.render(request, "message.html", status=status, text=Markup.escape(self._speaker.say(code, phrase)))

    @staticmethod
    def _size(request: Request) -> str:
        for size in (request.query_params.get("text"), request.cookies.get(_SIZE_COOKIE)):
            if size in _SIZES:
                return size
        return _SIZES[0]


def _chinese(code: str) -> str:
    """Browsers name Chinese by country: Taiwan, Hong Kong and Macao write traditional characters."""
    if not code.lower().startswith("zh"):
        return code
    return "zh-Hant" if any(region in code.lower() for region in ("tw", "hk", "mo", "hant")) else "zh-Hans"


def _link(request: Request, **chosen: str) -> str:
    # A page that answers a form cannot be asked for again by a link; the form itself can.
    path = _FORMS.get(request.url.path, request.url.path)
    return f"{path}?{urlencode({**request.query_params, **chosen})}"
