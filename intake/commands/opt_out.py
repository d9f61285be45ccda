"""`opt-out`: note that a resident asked by phone, letter or in person to get no more messages."""

import argparse
import getpass
from datetime import UTC, datetime
from typing import Any

from intake.contacts import ContactVault
from intake.database import make_engine, migrate
from intake.errors import RefuseToStart
from intake.opt_outs import OptOuts
from intake.settings import Settings


def add_opt_out(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("opt-out", help="note that somebody wants no more messages, or list who does not")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="note an opt-out; START from their phone takes it back")
    adding.add_argument("number", help="the phone number")
    adding.add_argument("--words", default="asked by phone", help="how they asked, for the ledger")
    adding.add_argument("--by", default="", help="who enters it (default: your login on this machine)")
    adding.set_defaults(run=_add)
    listing = actions.add_parser("list", help="list opt-outs, the newest first; of numbers only the end is shown")
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(run=_list)


def _add(options: argparse.Namespace) -> int:
    try:
        is_new = _ledger().add_number(options.number, options.by or getpass.getuser(), options.words, datetime.now(UTC))
    except ValueError as error:
        raise RefuseToStart(f"{error}: {options.number}") from error
    print("noted: no more messages go to this number" if is_new else "this number had opted out already")
    return 0


def _list(options: argparse.Namespace) -> int:
    found = _ledger().list(options.limit)
    for row in found:
        state = "" if row.is_still_out else "  (gets messages again)"
        print(f"{row.at:%Y-%m-%d %H:%M}  …{row.ending}  {row.channel:8}  {row.words}{state}")
    print(f"{len(found)} opt-outs" + (f" (at most {options.limit} shown)" if len(found) == options.limit else ""))
    return 0


def _ledger() -> OptOuts:
    settings = Settings()
    migrate(settings.database)
    return OptOuts(make_engine(settings.database), ContactVault(settings.read_contact_key()))
