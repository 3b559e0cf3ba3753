"""POST `/sms/entrant`: the provider brings an answer. Authenticated by a shared secret, safe to call twice."""

from litestar import Response, post

from app.domain.mandats import receive_sms
from app.domain.regles.errors import Introuvable
from app.routes.params import Now, Visit
from app.settings import get_settings
from app.sms_transport import is_authentic, read_entrant


@post("/sms/entrant", opt={"public": True, "sans_session": True, "sans_csrf": True})
async def create_sms(request: Visit, now: Now) -> Response[bytes]:
    """The provider always gets 204, whatever the usager wrote: an error would only bring the same call again.

    Without our secret there is nothing here: 404.
    """
    if not is_authentic(request.headers.get("authorization", ""), get_settings()):
        raise Introuvable
    entrant = read_entrant(await request.body())
    if entrant is not None:
        await receive_sms(entrant.numero, entrant.texte, entrant.cle, now)
    return Response(content=b"", status_code=204)


ROUTES = [create_sms]
