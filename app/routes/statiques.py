"""`/static/…`: our stylesheet, scripts and icons, compressed once as tightly as can be, kept for a year."""

import asyncio
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

import brotli
import zopfli.gzip
from litestar import Response, get

from app.domain.regles.errors import Introuvable
from app.routes.params import Visit
from app.templating import STATIC

COMPRESSED = {".css", ".js", ".svg"}
# What a browser does not read of our scripts: the lines that only hold a comment, and the indentation. No text of
# theirs runs over several lines (tests/routes/test_statiques.py).
UNREAD = re.compile(rb"^[ \t]*(?://.*)?\n|^[ \t]+", re.MULTILINE)


def read_served(file: Path) -> bytes:
    """The content of this file, without what only its authors read."""
    content = file.read_bytes()
    return UNREAD.sub(b"", content) if file.suffix == ".js" else content


def compress(content: bytes) -> dict[str, bytes]:
    """The content by encoding, the lightest first. It takes a second for the largest script."""
    return {
        "br": brotli.compress(content, mode=brotli.MODE_TEXT),
        "gzip": zopfli.gzip.compress(content, numiterations=5),
    }


@lru_cache(maxsize=64)
def _read(file: Path, _modified: int) -> tuple[bytes, dict[str, bytes]]:
    content = read_served(file)
    return content, compress(content) if file.suffix in COMPRESSED else {}


@get("/static/{chemin:path}", opt={"public": True, "sans_session": True})
async def get_statique(request: Visit) -> Response[bytes]:
    """One file of `static/`; raises Introuvable for anything else, links and parents included."""
    chemin = str(request.path_params["chemin"]).lstrip("/")
    try:
        file = (STATIC / chemin).resolve()
        # What is written for who keeps the files (versions, licences) is no page.
        if not file.is_relative_to(STATIC) or not file.is_file() or file.suffix == ".md":
            raise Introuvable
        content, compressed = await asyncio.to_thread(_read, file, file.stat().st_mtime_ns)
    except (OSError, ValueError) as error:  # a name no disk would hold, a NUL
        raise Introuvable from error
    response = Response(
        content=content, media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    )
    response.headers["Vary"] = "Accept-Encoding"
    accepted = re.findall(r"[a-z]+", request.headers.get("accept-encoding", ""))
    for encoding, shorter in compressed.items():
        if encoding in accepted:
            response.content = shorter
            response.headers["Content-Encoding"] = encoding
            break
    return response


ROUTES = [get_statique]
