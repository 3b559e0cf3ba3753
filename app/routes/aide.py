"""`/aide`: what each role may need to read once, in the substance of S0, S1, S3 and S4."""

from litestar import Response, get

from app import pages
from app.routes.params import Visit
from app.settings import get_settings


@get("/aide", opt={"public": True, "sans_cgu": True})
async def get_aide(request: Visit) -> Response[str]:
    """For everyone, signed in or not: who cannot sign in reads it too."""
    return await pages.show(request, "aide/page.html", minutes=get_settings().link_minutes)


ROUTES = [get_aide]
