"""`GET /widget/phrases`: the words of the chat widget, for pages of any origin."""

import json
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from intake.http.pages import Pages
from intake.phrases import is_right_to_left
from intake.wiring import Service

router = APIRouter()
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
}
_PHRASES = MappingProxyType(
    {
        "title": "chat-title",
        "emergency": "page-emergency",
        "welcome": "welcome",
        "write": "chat-placeholder",
        "send": "chat-send",
        "close": "widget-close",
        "you": "chat-you",
        "us": "chat-us",
        "offline": "chat-offline",
        "typing": "staff-typing",
        "translated": "machine-translated",
        "original": "show-original",
    }
)


@router.get("/widget/phrases")
def show_phrases(request: Request, lang: str = "") -> Response:
    """Show the words in the city's language that comes nearest to `lang`."""
    service: Service = request.app.state.service
    pages: Pages = request.app.state.pages
    language = pages.nearest(lang)
    say = service.intake.speaker.say
    words = {name: say(language, phrase) for name, phrase in _PHRASES.items()}
    about = {"language": language, "direction": "rtl" if is_right_to_left(language) else "ltr"}
    return Response(json.dumps({**about, **words}, ensure_ascii=False), media_type="application/json", headers=dict(_HEADERS))
