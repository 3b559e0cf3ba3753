"""What helps find the usager's file: add a detail, show a masked identifier."""

from functools import partial
from typing import Any

from litestar import Response, post

from app import pages
from app.domain.echanges import usagers
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Introuvable, Invalide
from app.domain.regles.permissions import can_read_demande, require
from app.formulaire import as_id
from app.routes.demande.dossier import LAST, build_dossier, reload_dossier
from app.routes.params import Form, Now, Signed, TheDemande, Visit


@post("/demandes/{numero:str}/informations")
async def create_information(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Add a detail about the usager."""
    require(can_read_demande(signed.droits, demande.parties))
    region: dict[str, Any] = {"region": "demande/dossier.html", "page": "demande/page.html"}
    url = f"/demandes/{demande.numero}"
    typed = {nom: form.texte(nom) for nom in ("nature", "libelle", "valeur")}
    try:
        await usagers.add_information(signed, demande, **typed, now=now)
    except Invalide as invalide:
        dossier = await build_dossier(signed, demande, now, saisie={**typed, "ouvert": "information"})
        return await pages.answer(request, **region, url=url, erreurs=invalide.erreurs, **dossier)
    load = partial(reload_dossier, signed, demande.numero, now, focus=LAST)
    return await pages.answer(request, **region, url=url, annonce=Fait.INFORMATION_AJOUTEE, load=load)


@post("/demandes/{numero:str}/informations/{information:str}")
async def reveal_information(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """Show one identifier in full, once: the journal keeps who asked. Nothing else changes, so no redirection."""
    require(can_read_demande(signed.droits, demande.parties))
    information = as_id(str(request.path_params["information"]))
    if information is None:
        raise Introuvable
    valeur = await usagers.reveal_information(signed, demande, information, now)
    dossier = await build_dossier(signed, demande, now, affichee=information, valeur=valeur)
    return await pages.answer(request, "demande/usager.html", page="demande/page.html", url=None, **dossier)


ROUTES = [create_information, reveal_information]
