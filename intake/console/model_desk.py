"""The data scientist's desk: which bundles there are and how good, which one answers, and the commands that change it.

Publishing is the workbench's own command in a process of its own: it measures, refuses and records exactly as on the terminal,
and the service still never imports training.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from models.bundle import BundleRefusedError, Card, Count, read_card
from models.published import Publication, publications, published_bundle

_REPORT = "report.html"


class BusyError(Exception):
    """Another command is running: measuring takes both cores."""


@dataclass(frozen=True)
class Listed:
    """A bundle on disk; `fault` says why its card cannot be read."""

    name: str
    card: Card | None
    fault: str
    is_published: bool
    is_in_use: bool
    has_report: bool

    def figure(self, name: str, part: str = "all") -> Count | None:
        """A figure of the card over all messages or one language or channel, None where it was not measured."""
        return self.card.metrics.get(name, {}).get(part) if self.card is not None else None


@dataclass(frozen=True)
class Job:
    """A command that was started here, and what it has said so far; `status` is None while it runs."""

    words: str
    by: str
    started_at: datetime
    status: int | None
    output: str


class ModelDesk:
    """Reads bundles, and runs the workbench's commands one at a time."""

    def __init__(self, root: Path, cities_folder: Path, var_folder: Path, city: str, in_use: str) -> None:
        self._root = root
        self._shared = ("--city", city, "--cities-folder", str(cities_folder), "--var-folder", str(var_folder))
        self._bundles = var_folder / "bundles" / city
        self._output = var_folder / city / "workbench.log"
        self._in_use = in_use
        self._turn = Lock()
        self._running: tuple[subprocess.Popen[bytes], str, str, datetime] | None = None

    def list(self) -> tuple[Listed, ...]:
        """All bundles, the newest first; one that cannot be read is listed with its fault."""
        folders = [path.parent for path in self._bundles.glob("*/card.json")]
        found = [self._listed(folder) for folder in sorted(folders)]
        return tuple(sorted(found, key=lambda one: one.card.made_at.isoformat() if one.card else "", reverse=True))

    def publications(self) -> tuple[Publication, ...]:
        """What was published and rolled back, the newest first."""
        return tuple(reversed(publications(self._bundles)))

    def report(self, bundle: str) -> Path | None:
        """The HTML report of a bundle, None where there is none."""
        if bundle not in {one.name for one in self.list()}:
            return None
        path = self._bundles / bundle / _REPORT
        return path if path.exists() else None

    def publish(self, bundle: str, accept: str, by: str, now: datetime) -> None:
        """Begin to measure a bundle against the one in use, and publish it if nothing is lost or `accept` says why. Raises BusyError."""
        reason = ("--accept", accept) if accept else ()
        self._begin(["publish", self._known(bundle), *reason], by, now)

    def roll_back(self, reason: str, by: str, now: datetime) -> None:
        """Return to the bundle before. Raises BusyError."""
        self._begin(["rollback", "--reason", reason], by, now)

    def write_report(self, bundle: str, by: str, now: datetime) -> None:
        """Begin to write a bundle's report. Raises BusyError."""
        self._begin(["report", "--bundle", self._known(bundle)], by, now)

    def job(self) -> Job | None:
        """The last command that was begun in this process, None before the first."""
        with self._turn:
            if self._running is None:
                return None
            process, words, by, started_at = self._running
            status = process.poll()
            output = self._output.read_text(encoding="utf-8", errors="replace") if self._output.exists() else ""
            return Job(words, by, started_at, status, _last_state_of_lines(output))

    def _listed(self, folder: Path) -> Listed:
        card, fault = None, ""
        try:
            card = read_card(folder, remedy="fit it again")
        except (BundleRefusedError, ValidationError, OSError) as error:
            fault = str(error)
        return Listed(
            name=folder.name,
            card=card,
            fault=fault,
            is_published=folder.name == published_bundle(self._bundles),
            is_in_use=folder.name == self._in_use,
            has_report=(folder / _REPORT).exists(),
        )

    def _known(self, bundle: str) -> str:
        if bundle not in {one.name for one in self.list()}:
            raise ValueError(f"no bundle {bundle}")
        return bundle

    def _begin(self, command: Sequence[str], by: str, now: datetime) -> None:
        with self._turn:
            if self._running is not None and self._running[0].poll() is None:
                raise BusyError(self._running[1])
            name, *rest = command
            self._output.parent.mkdir(parents=True, exist_ok=True)
            with self._output.open("wb") as output:
                # Every argument is one of ours, a folder's name that exists, or a reason that is only recorded.
                process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-m", "training", name, *rest, *self._shared],
                    cwd=self._root,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            self._running = (process, " ".join(command), by, now)


def _last_state_of_lines(output: str) -> str:
    """A progress bar writes its line anew with carriage returns; what counts is how it reads last."""
    return "\n".join(line.rsplit("\r", 1)[-1] for line in output.replace("\r\n", "\n").split("\n"))
