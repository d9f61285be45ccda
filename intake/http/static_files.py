"""Static files under addresses that change with their content, so that a browser fetches each once and never shows an old one."""

import re
from hashlib import sha256
from os import PathLike
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_FOLDER = Path(__file__).resolve().parent.parent / "static"
_VERSION = re.compile(r"^v-[0-9a-f]{12}$")
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_MINUTES = "public, max-age=300"
# What pages of other origins load.
_SHARED = frozenset({"widget.js"})
_SHARING = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class StaticUrls:
    """Names static files by a hash over all of them: modules that import each other then stay of one version."""

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        self.version = f"v-{_hash(folder)[:12]}"

    def __call__(self, name: str) -> str:
        """The address of a file, such as "/static/v-0123456789ab/intake.css"."""
        return f"/static/{self.version}/{name}"


class VersionedFiles(StaticFiles):
    """Serves the folder with and without a version in the path: with today's, browsers need not ask again for a year."""

    def __init__(self, *, directory: str | PathLike[str], urls: StaticUrls) -> None:
        super().__init__(directory=directory)
        self._urls = urls

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file. Another version's address, as a page of the process before had it, gives what there is now."""
        version, _, rest = path.partition("/")
        is_versioned = bool(_VERSION.match(version))
        name = rest if is_versioned else path
        response = await super().get_response(name, scope)
        response.headers["Cache-Control"] = _FOR_EVER if version == self._urls.version else _FOR_MINUTES
        if name in _SHARED:
            response.headers.update(_SHARING)
        return response


def _hash(folder: Path) -> str:
    digest = sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
