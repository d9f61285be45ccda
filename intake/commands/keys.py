"""`keys`: operators make, list and revoke the keys of machines that call us."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from intake.api_keys import SCOPES, ApiKeys
from intake.database import make_engine, migrate
from intake.errors import RefuseToStart
from intake.settings import Settings


def add_keys(commands: Any) -> None:
    """Add the command's parser, with a parser for each thing that an operator does."""
    parser = commands.add_parser("keys", help="make, list and revoke keys for machines that call this service")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="make a key and show it, once")
    adding.add_argument("name", help="whose key it is; cases are recorded under this name")
    adding.add_argument(
        "--scope", action="append", required=True, choices=SCOPES, help="what it opens (may be given several times)"
    )
    adding.set_defaults(run=_add)
    listing = actions.add_parser("list", help="list all keys, without the keys themselves")
    listing.set_defaults(run=_list)
    revoking = actions.add_parser("revoke", help="end a key for good")
    revoking.add_argument("name", help="the name that the key was made with")
    revoking.set_defaults(run=_revoke)


def _add(options: argparse.Namespace) -> int:
    try:
        key = _keys().add(options.name, options.scope, datetime.now(UTC))
    except ValueError as error:
        raise RefuseToStart(str(error)) from error
    print(key)
    print("Keep it now: it is not stored and cannot be shown again.", file=sys.stderr)
    return 0


def _list(options: argparse.Namespace) -> int:
    for key in _keys().list():
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "in use"
        print(f"{key.name}\t{','.join(key.scopes)}\tmade {key.created_at:%Y-%m-%d}\t{state}")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    if not _keys().revoke(options.name, datetime.now(UTC)):
        raise RefuseToStart(f"no key named {options.name} is in use; `python -m intake keys list` shows them")
    print(f"{options.name} is revoked")
    return 0


def _keys() -> ApiKeys:
    settings = Settings()
    migrate(settings.database)
    return ApiKeys(make_engine(settings.database))
