"""`effects`: what waits to be delivered, what was given up and why, and trying again."""

import argparse
import json
from typing import Any

from intake.database import make_engine, migrate
from intake.delivering.durable import DurableOutbox
from intake.delivering.effect_book import EffectBook, StoredEffect
from intake.errors import RefuseToStart
from intake.settings import Settings


def add_effects(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("effects", help="list what is to be delivered, inspect one, try again what was given up")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list effects, the oldest first")
    listing.add_argument("--state", choices=["waiting", "done", "given-up"], default="given-up")
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(run=_list)
    showing = actions.add_parser("show", help="show one effect with its last error")
    showing.add_argument("id")
    showing.set_defaults(run=_show)
    again = actions.add_parser("requeue", help="try again what was given up; a running server or worker delivers it")
    again.add_argument("ids", nargs="*", help="ids of effects (or --all)")
    again.add_argument("--all", action="store_true", help="everything that was given up")
    again.set_defaults(run=_requeue)


def _list(options: argparse.Namespace) -> int:
    found = _book().list(options.state, options.limit)
    for effect in found:
        print(_line(effect))
    print(f"{len(found)} {options.state}" + (f" (at most {options.limit} shown)" if len(found) == options.limit else ""))
    return 0


def _show(options: argparse.Namespace) -> int:
    effect = _book().one(options.id)
    if effect is None:
        raise RefuseToStart(f"there is no effect {options.id}")
    print(_line(effect))
    # A reply holds a resident's matters: of it only that it is there is shown.
    payload = {key: value for key, value in effect.payload.items() if key != "reply"}
    print(json.dumps(payload, indent=1))
    return 0


def _requeue(options: argparse.Namespace) -> int:
    book = _book()
    ids = [effect.id for effect in book.list("given-up", 10_000)] if options.all else options.ids
    if not ids and not options.all:
        raise RefuseToStart("name the effects to try again, or say --all")
    put_back = [effect_id for effect_id in ids if book.requeue(effect_id)]
    for effect_id in sorted(set(ids) - set(put_back)):
        print(f"{effect_id} was not given up")
    print(f"{len(put_back)} will be tried again")
    return 0 if len(put_back) == len(ids) else 1


def _line(effect: StoredEffect) -> str:
    return f"{effect.id}  {effect.created_at:%Y-%m-%d %H:%M}  {effect.type:16}  {effect.state:9} {effect.attempts:3} tries  {effect.last_error}"


def _book() -> EffectBook:
    settings = Settings()
    migrate(settings.database)
    engine = make_engine(settings.database)
    return EffectBook(engine, DurableOutbox(engine))
