"""Take up a demande whose author left the groupe."""

from functools import partial
from typing import Any

from litestar import Response, post

from app import pages
from app.domain.faits.registre import Fait
from app.domain.groupes.retraits import take_up
from app.routes.demande.contexte import PAGE, REGION
from app.routes.demande.dossier import LAST, reload_dossier
from app.routes.params import LEAVES_FIRST, Now, Signed, TheDemande, Visit


@post("/demandes/{numero:str}/reprise", opt=LEAVES_FIRST)
async def create_reprise(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """Become its author."""
    await take_up(signed, demande, now)
    load = partial(reload_dossier, signed, demande.numero, now, focus=LAST)
    url = f"/demandes/{demande.numero}"
    return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce=Fait.DEMANDE_REPRISE)


ROUTES = [create_reprise]
