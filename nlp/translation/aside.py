"""Argos in a process of its own with low priority: answering residents never waits for it, and a model that crashes takes nobody along.

Run as `python -m nlp.translation.aside FOLDER THREADS LANGUAGE…`: a line of JSON in, a line of JSON out, until the input ends.
"""

import json
import os
import select
import subprocess
import sys
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from nlp.translation.argos_packages import PackageShelf
from nlp.translation.argos_routes import NAME, Routes, route_name
from nlp.translation.port import Pair, Translated, TranslatorAwayError, TranslatorError, TranslatorRefusedError

_ROOT = Path(__file__).resolve().parent.parent.parent
_NICENESS = 10
# Long, since on a machine that is busy answering it gets little of the processor.
_SECONDS = 180.0
_TRIES = 2


class ArgosAside:
    """The same engine as `ArgosTranslator`, elsewhere. The process starts with the first text, and again after it has died."""

    name = NAME

    def __init__(self, shelf: PackageShelf, languages: Sequence[str], *, threads: int = 1, seconds: float = _SECONDS) -> None:
        self._routes = Routes(shelf, languages)
        self._command = [sys.executable, "-m", "nlp.translation.aside", str(shelf.folder), str(threads), *languages]
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = Lock()

    def pairs(self) -> frozenset[Pair]:
        """What the installed packages translate, directly or through one other language."""
        return frozenset(self._routes.all())

    def model(self, pair: Pair) -> str:
        """The packages on the way."""
        return route_name(self._routes.all().get(pair, ()))

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        """Translate each text, waiting for whoever asked before.

        Raises TranslatorRefusedError where no package does it or the process dies of it twice, TranslatorAwayError where it takes too long.
        """
        if pair not in self._routes.all():
            raise TranslatorRefusedError(f"no package translates {pair.source} to {pair.target}")
        line = json.dumps({"texts": list(texts), "source": pair.source, "target": pair.target}).encode() + b"\n"
        with self._turn:
            for _ in range(_TRIES):
                answer = self._ask(line)
                if answer is not None:
                    return _read(answer)
        raise TranslatorRefusedError(f"{NAME} broke off twice over a text")

    def _ask(self, line: bytes) -> bytes | None:
        """Ask the process; None where it died of it."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except OSError:
            self._end(process)
            return None
        # Each answer is written at once, so where its beginning is, its end follows.
        readable, _, _ = select.select([process.stdout], [], [], self._seconds)
        if not readable:
            self._end(process)
            raise TranslatorAwayError(f"{NAME} did not answer in {self._seconds:.0f} s")
        answer = process.stdout.readline()
        if not answer.endswith(b"\n"):
            self._end(process)
            return None
        return answer

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            # In a group of its own, since Ctrl-C is for us and it ends with its input; but not in a session of its own, to which
            # Linux (autogroup) would give as much of the processor as to ours, however nice it is.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, and no shell.
                self._command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
            )
            weakref.finalize(self, _finish, self._process)
        return self._process

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        _finish(process)
        self._process = None


def serve(requests: Iterable[bytes], translator: Any) -> Iterator[bytes]:
    """Answer each line of JSON with one."""
    for line in requests:
        asked = json.loads(line)
        try:
            found = translator.translate(asked["texts"], Pair(asked["source"], asked["target"]))
            answer: dict[str, Any] = {"translated": [None if one is None else [one.text, one.confidence] for one in found]}
        except TranslatorError as error:
            answer = {"refused": str(error)}
        yield json.dumps(answer).encode() + b"\n"


def _read(answer: bytes) -> tuple[Translated | None, ...]:
    read = json.loads(answer)
    if "refused" in read:
        raise TranslatorRefusedError(read["refused"])
    return tuple(None if one is None else Translated(*one) for one in read["translated"])


def _finish(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            try:
                pipe.close()
            except OSError:
                # What was still to be written has no reader any more.
                continue
    process.wait()


def _main(folder: str, threads: str, *languages: str) -> None:
    from nlp.translation.argos import ArgosTranslator  # noqa: PLC0415 - Only this process loads the engine: 200 MB and a second.

    os.nice(_NICENESS)
    # Whatever a library prints must not get between the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        for answer in serve(sys.stdin.buffer, ArgosTranslator(PackageShelf(Path(folder)), languages, threads=int(threads))):
            answers.write(answer)
            answers.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
