"""Which installed packages lead from one language to another: known without loading any."""

from collections.abc import Sequence

from nlp.translation.argos_packages import Package, PackageShelf
from nlp.translation.codes import engine_codes
from nlp.translation.port import Pair

NAME = "argos"


class Routes:
    """Which packages lead from one of our languages to another; read anew when a package comes or goes."""

    def __init__(self, shelf: PackageShelf, languages: Sequence[str]) -> None:
        self._shelf = shelf
        self._languages = languages
        self._seen: tuple[str, ...] | None = None
        self._routes: dict[Pair, tuple[Package, ...]] = {}

    def all(self) -> dict[Pair, tuple[Package, ...]]:
        """The way for each pair of which one side is English: people at a city's desks read English."""
        state = self._shelf.state()
        if state != self._seen:
            installed = self._shelf.installed()
            pairs = [pair for code in self._languages if code != "en" for pair in (Pair(code, "en"), Pair("en", code))]
            self._routes = {pair: route for pair in pairs if (route := _route(installed, pair))}
            self._seen = state
        return self._routes


def route_name(route: Sequence[Package]) -> str:
    """The names of the packages on a way."""
    return " + ".join(package.name for package in route)


def _route(installed: Sequence[Package], pair: Pair) -> tuple[Package, ...]:
    """The package from one language to the other, or the two that lead there through a third; empty where none do."""
    starts = [package for code in engine_codes(pair.source) for package in installed if package.source == code]
    ends = [package for code in engine_codes(pair.target) for package in installed if package.target == code]
    direct = [package for package in starts if package in ends]
    if direct:
        return (direct[0],)
    return next(((first, last) for first in starts for last in ends if first.target == last.source), ())
