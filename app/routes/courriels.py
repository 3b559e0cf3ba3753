"""POST `/courriels/rejets`: the provider brings back a mail. Authenticated by a shared secret, safe to call twice."""

from litestar import Response, post

from app.domain.faits.rejets import record_rejet
from app.domain.regles.errors import Introuvable
from app.poste import is_authentic_rejet, read_rejet
from app.routes.params import Now, Visit
from app.settings import get_settings


@post("/courriels/rejets", opt={"public": True, "sans_session": True, "sans_csrf": True})
async def create_rejet(request: Visit, now: Now) -> Response[bytes]:
    """The provider always gets 204: an error would only bring the same call again. Without our secret: 404."""
    if not is_authentic_rejet(request.headers.get("authorization", ""), get_settings()):
        raise Introuvable
    rejet = read_rejet(await request.body())
    if rejet is not None:
        await record_rejet(rejet.courriel, rejet.motif, now)
    return Response(content=b"", status_code=204)


ROUTES = [create_rejet]
