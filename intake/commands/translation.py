"""`translation`: packages of Argos Translate are listed, installed, removed and checked; what waits untranslated is caught up with."""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from tqdm import tqdm

from intake.database import make_engine, migrate
from intake.delivering.durable import DurableOutbox
from intake.errors import RefuseToStart
from intake.settings import Settings
from intake.the_city import load_the_city
from intake.translation.translating import ENGLISH, enqueue_untranslated
from intake.wiring_translation import build_translation, shelf_of
from nlp.translation.argos import try_out
from nlp.translation.argos_archive import PackageRefusedError
from nlp.translation.argos_packages import Package, packages_in
from nlp.translation.codes import engine_codes
from nlp.translation.port import TranslatorError
from routing.city import City
from routing.connectors.argos_index import Offer, fetch, offers_for, read_index
from routing.connectors.ports import ReceiverAwayError

_FETCH_SECONDS = 60.0


def add_translation(commands: Any) -> None:
    """Add the command's parser, with a parser for each thing that an operator does."""
    parser = commands.add_parser("translation", help="what can be translated; install, remove and check translation packages")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _action(actions, "list", _list, "show for each language which engine translates it, or why none does")
    install = _action(actions, "install", _install, "install packages from the public list, or from files")
    install.add_argument("what", nargs="+", help="a language (es), an .argosmodel file, or a folder of them")
    install.add_argument("--sha256", default="", help="the hash that the file must have (with one file only)")
    remove = _action(actions, "remove", _remove, "remove a language's packages")
    remove.add_argument("languages", nargs="+", help="languages, such as es")
    _action(actions, "check", _check, "compare the files of every package with their hashes, and translate with each")
    catch_up = _action(actions, "catch-up", _catch_up, "translate messages that came in while there was no engine")
    catch_up.add_argument("--days", type=int, default=7, help="how far back (default: 7)")


def _action(actions: Any, name: str, run: Callable[[argparse.Namespace], int], help_: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help_)
    parser.set_defaults(run=run)
    return parser


def _list(options: argparse.Namespace) -> int:
    settings = Settings()
    city = load_the_city(settings)
    migrate(settings.database)
    parts = build_translation(settings, city, make_engine(settings.database), _now)
    print(f"{'language':10}{'to English':16}{'from English':16}{'known sentences':16}")
    for able in parts.engines.capabilities():
        known = len(parts.memory.sentences(able.language))
        print(f"{able.language:10}{able.to_english or 'none':16}{able.from_english or 'none':16}{known:<16}{able.why}".rstrip())
    for package in shelf_of(settings).installed():
        print(
            f"\n{package.name}\n  {package.folder}\n  SHA-256 of the file: {package.archive_sha256 or 'it came as a folder'}",
            end="",
        )
    print()
    return 0


def _install(options: argparse.Namespace) -> int:
    settings = Settings()
    city = load_the_city(settings)
    paths = {what: packages_in(Path(what)) for what in options.what if Path(what).exists()}
    unknown = [what for what in options.what if what not in paths]
    if options.sha256 and (unknown or sum(map(len, paths.values())) != 1):
        raise RefuseToStart("--sha256 goes with one file")
    for what, found in paths.items():
        if not found:
            raise RefuseToStart(f"{what} holds no .argosmodel file and no unpacked package")
    done = [_put(path, settings, city, options.sha256) for found in paths.values() for path in found]
    if unknown:
        done += _install_from_index(unknown, settings, city)
    if any(done):
        _say_caught_up(settings, city, days=7)
    return 0 if all(done) else 1


def _install_from_index(languages: Iterable[str], settings: Settings, city: City) -> list[bool]:
    done = []
    with httpx2.Client(timeout=_FETCH_SECONDS) as client:
        try:
            offers = read_index(client, settings.translation_index_url)
        except ReceiverAwayError as error:
            raise RefuseToStart(f"{error}; packages can be installed from files: translation install FILE") from error
        for language in languages:
            found = offers_for(language, offers)
            if not found:
                print(f"{language}: the list has no package between it and English", file=sys.stderr)
            done += [_fetch_and_put(client, offer, settings, city) for offer in found] or [False]
    return done


def _fetch_and_put(client: httpx2.Client, offer: Offer, settings: Settings, city: City) -> bool:
    installed = {(package.source, package.target, package.version) for package in shelf_of(settings).installed()}
    name = f"{offer.source}-{offer.target} {offer.version}"
    if (offer.source, offer.target, offer.version) in installed:
        print(f"{name} is installed already")
        return True
    settings.translation_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.translation_folder) as folder, tqdm(desc=name, unit="B", unit_scale=True) as bar:

        def advance(count: int, total: int | None) -> None:
            bar.total = total
            bar.update(count)

        path = Path(folder) / "package.argosmodel"
        try:
            fetch(client, offer, path, advance)
        except ReceiverAwayError as error:
            print(error, file=sys.stderr)
            return False
        return _put(path, settings, city, "", name=name)


def _put(path: Path, settings: Settings, city: City, sha256: str, *, name: str = "") -> bool:
    """Install one package; return whether it is in use."""
    try:
        package = shelf_of(settings).install(path, sha256=sha256, probe=lambda unpacked: _probe(unpacked, city))
    except (PackageRefusedError, TranslatorError) as error:
        print(f"{name or path} was not installed: {error}", file=sys.stderr)
        return False
    print(f"{package.name} installed" + (f", SHA-256 {package.archive_sha256}" if package.archive_sha256 else ""))
    return True


def _probe(package: Package, city: City) -> str:
    sample = _sample(package, city)
    found = try_out(package, sample)
    if not found.strip():
        raise PackageRefusedError(f"it translates {sample!r} to nothing")
    return f"{sample!r} becomes {found!r}"


def _sample(package: Package, city: City) -> str:
    """A service's name in the package's language, so that an operator sees words that they know."""
    for code in city.languages:
        if package.source in engine_codes(code):
            return next(iter(city.catalog.texts[code].services.values()))
    return "311"


def _remove(options: argparse.Namespace) -> int:
    shelf = shelf_of(Settings())
    missing = []
    for language in options.languages:
        codes = set(engine_codes(language)) | {language}
        found = [p for p in shelf.installed() if codes & {p.source, p.target} and language != ENGLISH]
        for package in found:
            shelf.remove(package)
            print(f"{package.name} removed")
        missing += [] if found else [language]
    for language in missing:
        print(f"{language}: no package is installed", file=sys.stderr)
    return 1 if missing else 0


def _check(options: argparse.Namespace) -> int:
    settings = Settings()
    city = load_the_city(settings)
    packages = shelf_of(settings).installed()
    faulty = [package for package in packages if not _is_sound(package, city)]
    print(f"{len(packages)} packages, {len(faulty)} with faults")
    return 1 if faulty else 0


def _is_sound(package: Package, city: City) -> bool:
    faults = list(package.faults())
    if not faults:
        try:
            print(f"{package.name}: {_probe(package, city)}")
        except (PackageRefusedError, TranslatorError) as error:
            faults = [str(error)]
    for fault in faults:
        print(f"{package.name}: {fault}; install it again", file=sys.stderr)
    return not faults


def _catch_up(options: argparse.Namespace) -> int:
    settings = Settings()
    _say_caught_up(settings, load_the_city(settings), days=options.days)
    return 0


def _say_caught_up(settings: Settings, city: City, *, days: int) -> None:
    migrate(settings.database)
    engine = make_engine(settings.database)
    engines = build_translation(settings, city, engine, _now).engines
    languages = [able.language for able in engines.capabilities() if able.to_english]
    count = enqueue_untranslated(engine, DurableOutbox(engine), languages, _now() - timedelta(days=days), _now())
    print(f"{count} messages of the last {days} days will be translated; a running server or worker does it")


def _now() -> datetime:
    return datetime.now(UTC)
