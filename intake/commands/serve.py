"""`serve`: the HTTP server, and delivery in the same process."""

import argparse
from typing import Any

import uvicorn

from intake.assets.asset_store import AssetStore
from intake.assets.pack_assets import load_pack_assets
from intake.http.app import create_app
from intake.logs import set_up_logs
from intake.settings import Settings
from intake.wiring import build_service

_WELCOME = """
  {city} 311 intake is up, with model {bundle} and {languages} languages.

    {url}            home page
    {url}/report     report a problem
    {url}/chat       write with it
    {url}/readyz     what is set up
    {url}/console    for staff; first: .venv/bin/python -m intake people add NAME --role administrator --generate

  Try a message:

    curl -s {url}/chat -H 'Content-Type: application/json' \\
      -d '{{"session":"me","text":"hay un hoyo grande en la calle frente a 450 Blue Hill Ave"}}'

  Stop with Ctrl-C. Nothing that was received is lost.
"""


def add_serve(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("serve", help="run the server (and delivery) until stopped")
    parser.add_argument("--without-delivery", action="store_true", help="only answer; another process delivers and sweeps")
    parser.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    settings = Settings()
    set_up_logs(settings.log_level)
    service = build_service(settings)
    load_pack_assets(service.intake.city.folder, AssetStore(service.engine), service.clock())
    app = create_app(service, delivers=not options.without_delivery)
    city = service.intake.city
    url = f"http://{settings.host}:{settings.port}"
    print(_WELCOME.format(city=city.name, bundle=service.bundle.name, languages=len(city.languages), url=url), flush=True)
    # Also where another process delivers: an editor's article is answered from by every process.
    service.knowledge.watch(settings.knowledge_seconds)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        ws_max_size=64_000,
        timeout_graceful_shutdown=5,
    )
    service.knowledge.stop_watching()
    return 0
