"""`/aide`: what each role may need to read once, in the substance of S0, S1, S3 and S4."""

from dataclasses import dataclass

from litestar import Response, get

from app import pages
from app.pages import Contexte
from app.routes.params import Visit
from app.settings import get_settings


@dataclass(frozen=True, kw_only=True)
class Aide(Contexte):
    """`minutes`: how long a sign-in link lives."""

    templates = ("aide/page.html",)
    minutes: int


@get("/aide", opt={"public": True, "sans_cgu": True})
async def get_aide(request: Visit) -> Response[str]:
    """For everyone, signed in or not: who cannot sign in reads it too."""
    return await pages.show(request, "aide/page.html", Aide(minutes=get_settings().link_minutes))


ROUTES = [get_aide]
