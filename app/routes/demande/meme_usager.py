"""POST `/demandes/{numero}/meme-usager`: another demande for the same usager."""

from typing import Any
from uuid import uuid4

from litestar import Response, post

from app import pages
from app.domain.nouvelles_demandes.meme_usager import begin_for_same_usager
from app.domain.regles.errors import Conflit, Invalide
from app.routes.params import Form, Now, Signed, TheDemande, Visit


@post("/demandes/{numero:str}/meme-usager")
async def create_meme_usager(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Open the form, begun with their identity."""
    formulaire = form.cle("cle") or uuid4()
    try:
        await begin_for_same_usager(signed, demande, formulaire, now)
    except Invalide as invalide:  # no field of this page is wrong: there are too many drafts
        raise Conflit(next(iter(invalide.erreurs.values()))) from None
    return pages.go(request, f"/demandes/nouvelle?formulaire={formulaire}")


ROUTES = [create_meme_usager]
