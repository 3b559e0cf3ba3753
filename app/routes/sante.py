"""`/sante`: whether people are well served now."""

from litestar import Response, get

from app import visite
from app.database import Indisponible
from app.domain.entretien.battements import list_troubles


@get("/sante", opt={"public": True, "sans_session": True}, media_type="text/plain")
async def get_sante() -> Response[str]:
    """200 « ok »; 503 and the names of what is wrong when people would be hurt."""
    try:
        troubles = await list_troubles(visite.clock())
    except Indisponible:
        troubles = ["base"]
    if troubles:
        return Response(content=" ".join(troubles), status_code=503, media_type="text/plain")
    return Response(content="ok", media_type="text/plain")


ROUTES = [get_sante]
