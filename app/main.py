"""create_app(): assemble; decide nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.routes import HTTPRoute
from litestar.utils import normalize_path

from app import database
from app.domain.administration import memoire
from app.domain.oubli.bases import require_swept
from app.domain.pieces_jointes.controle import close_controle
from app.erreurs import show_error
from app.headers import Asgi, with_headers
from app.impression import close_imprimerie
from app.migrate import check_schema
from app.porte import close_visit, open_visit
from app.routes import ROUTES, introuvable
from app.routes.params import DEPENDENCIES
from app.settings import get_settings
from app.visite import VisitRequest, clock

BODY_MAX = 1_000_000


@asynccontextmanager
async def lifespan(_: Litestar) -> AsyncIterator[None]:
    """Open the base, refuse a schema behind the code and what should have been erased, close in good order."""
    settings = get_settings()
    await database.open_pool(database.find_database_url(settings), settings.pool_size, is_for_pages=True)
    try:
        await check_schema()
        await require_swept(clock())
        await memoire.refresh(clock())
        fresh = asyncio.create_task(memoire.keep_fresh(clock))
        try:
            yield
        finally:
            fresh.cancel()
            await asyncio.wait([fresh])
    finally:
        close_imprimerie()
        close_controle()
        await database.close_pool()


class Site(Litestar):
    """An address that shows nothing opens a visit like any other: the router alone would not know who asks."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "GET":
            self._find(scope)
        await super().__call__(scope, receive, send)

    def _find(self, scope: Any) -> None:
        try:
            self.asgi_router.handle_routing(path=normalize_path(scope["path"]), method="GET")
        except NotFoundException:
            scope["path"] = introuvable.URL
        except MethodNotAllowedException:
            scope.setdefault("state", {})["recue"] = scope["path"]
            scope["path"] = introuvable.URL


def create_litestar(*, is_tested: bool = False) -> Litestar:
    """The application itself; tests bring their own pool."""
    site = Site(
        route_handlers=ROUTES,
        dependencies=DEPENDENCIES,
        request_class=VisitRequest,
        before_request=open_visit,
        before_send=[close_visit],
        exception_handlers={Exception: show_error},
        # Files are left alone: they are compressed already, and ten megabytes would hold everyone up.
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=800,
            # Level 5 gives half a kilobyte less a page, for two and a half times as long.
            gzip_compress_level=3,
            exclude=["^/pieces-jointes/", "^/static/"],
        ),
        request_max_body_size=BODY_MAX,
        openapi_config=None,
        lifespan=[] if is_tested else [lifespan],
        debug=False,
        pdb_on_exception=False,
    )
    _provide_in_turn(site)
    return site


def _provide_in_turn(site: Litestar) -> None:
    """What a handler asks for is found one after the other, after what it asks for itself: none of it waits beside
    another, and Litestar would start a group of tasks at each request.
    """
    for route in site.routes:
        if isinstance(route, HTTPRoute):
            for _, asked in route.route_handler_map.values():
                asked.dependency_batches = [{one} for batch in asked.dependency_batches for one in batch]


def create_app() -> Asgi:
    """What the server runs."""
    return with_headers(create_litestar())  # type: ignore[arg-type]
