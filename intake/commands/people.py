"""`people`: who may sign in to the console."""

import argparse
import getpass
import secrets
import sys
from datetime import UTC, datetime
from typing import Any

from intake.console.access import Role
from intake.console.people import People
from intake.database import make_engine, migrate
from intake.errors import RefuseToStart
from intake.settings import Settings


def add_people(commands: Any) -> None:
    """Add the command's parser, with a parser for each thing that an operator does."""
    parser = commands.add_parser("people", help="who may sign in to the console: add, reset, list")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="add somebody; the password is asked for, or made with --generate")
    adding.add_argument("login", help="the name to sign in with, an e-mail address where they have a city account")
    adding.add_argument("--name", default="", help="the name that others read")
    adding.add_argument("--role", required=True, choices=[role.value for role in Role])
    adding.add_argument("--reads", default="en", help="languages that they read, separated by commas: en,es,ht")
    _add_password_options(adding)
    adding.set_defaults(run=_add)
    resetting = actions.add_parser("reset", help="give somebody a new password")
    resetting.add_argument("login")
    _add_password_options(resetting)
    resetting.set_defaults(run=_reset)
    listing = actions.add_parser("list", help="list everybody")
    listing.set_defaults(run=_list)


def _add_password_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--generate", action="store_true", help="make a password and show it, once")
    parser.add_argument("--city-account", action="store_true", help="no password: they sign in at the city's identity provider")


def _add(options: argparse.Namespace) -> int:
    password = _password(options)
    languages = [code.strip() for code in options.reads.split(",") if code.strip()]
    try:
        person = _people().add(
            options.login, options.name, Role(options.role), datetime.now(UTC), password=password, languages=languages
        )
    except ValueError as error:
        raise RefuseToStart(str(error)) from error
    print(f"{person.login} may sign in as {person.role}")
    _show(password, options)
    return 0


def _reset(options: argparse.Namespace) -> int:
    password = _password(options)
    if password is None:
        raise RefuseToStart("a city account has no password here")
    try:
        is_known = _people().set_password(options.login, password, datetime.now(UTC))
    except ValueError as error:
        raise RefuseToStart(str(error)) from error
    if not is_known:
        raise RefuseToStart(f"nobody signs in as {options.login}; `python -m intake people list` shows everybody")
    print(f"{options.login} has a new password")
    _show(password, options)
    return 0


def _list(options: argparse.Namespace) -> int:
    for person in _people().list():
        state = "locked out" if person.is_disabled else "may sign in"
        print(f"{person.login}\t{person.role}\t{','.join(person.languages)}\t{state}\t{person.name}")
    return 0


def _password(options: argparse.Namespace) -> str | None:
    if options.city_account:
        return None
    if options.generate:
        return secrets.token_urlsafe(12)
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(f"Password for {options.login}: ")


def _show(password: str | None, options: argparse.Namespace) -> None:
    if options.generate and password:
        # Apart from what may be redirected into a file.
        print(f"password: {password}", file=sys.stderr)


def _people() -> People:
    settings = Settings()
    migrate(settings.database)
    return People(make_engine(settings.database))
