"""The bare handler pages are compared with: the same round trips (`SELECT 1`), the same bytes, nothing else."""

import os

from litestar import Litestar, Response, get

from app import database

QUERIES = int(os.environ.get("BENCH_QUERIES", "4"))
BODY = b"x" * int(os.environ.get("BENCH_BYTES", "6000"))


@get("/")
async def get_nothing() -> Response[bytes]:
    """As many round trips and bytes as the page it stands for."""
    for _ in range(QUERIES):
        await database.fetch("select 1")
    return Response(content=BODY, media_type="text/html")


async def open_base() -> None:
    """The same pool as the site."""
    await database.open_pool(os.environ["DATABASE_URL"], 10)


def create_app() -> Litestar:
    """For uvicorn."""
    return Litestar(
        [get_nothing], on_startup=[open_base], on_shutdown=[database.close_pool], openapi_config=None
    )
