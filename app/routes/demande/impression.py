"""The whole thread on paper: what this reader may see; a private message never on an aidant's paper."""

from litestar import Response, get

from app import pages
from app.domain.regles.permissions import can_read_demande, require
from app.routes.demande.dossier import build_dossier
from app.routes.params import Now, Signed, TheDemande, Visit


@get("/demandes/{numero:str}/impression")
async def get_impression(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[str]:
    """A page made for printing; identifiers stay masked."""
    require(can_read_demande(signed.droits, demande.parties))
    dossier = await build_dossier(signed, demande, now)
    prives = any(bulle.is_prive for bulle in dossier["bulles"])
    return await pages.show(request, "demande/impression.html", prives=prives, **dossier)


ROUTES = [get_impression]
