"""What helps find the usager's file: add a detail, show a masked identifier."""

from functools import partial
from typing import Any
from uuid import uuid4

from litestar import Response, post

from app import pages
from app.domain.demandes.vu import read_vu
from app.domain.echanges import usagers
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_read_demande, require
from app.formulaire import as_id
from app.routes.demande.contexte import PAGE, REGION, AjoutSaisi
from app.routes.demande.dossier import LAST, build_conflit, build_dossier, reload_dossier
from app.routes.params import LEAVES_FIRST, Form, Now, Signed, TheDemande, Visit


@post("/demandes/{numero:str}/informations", opt=LEAVES_FIRST)
async def create_information(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Add a detail about the usager."""
    require(can_read_demande(signed.droits, demande.parties))
    url = f"/demandes/{demande.numero}"
    typed = AjoutSaisi(form.texte("nature"), form.texte("libelle"), form.texte("valeur"), is_open=True)
    try:
        await usagers.add_information(
            signed,
            demande,
            nature=typed.nature,
            libelle=typed.libelle,
            valeur=typed.valeur,
            cle=form.cle("cle") or uuid4(),
            vu=read_vu(form.texte("vu")),
            now=now,
        )
    except Invalide as invalide:
        kept = await build_dossier(signed, demande, now, information=typed, erreurs=invalide.erreurs)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url)
    except Conflit as conflit:
        kept = await build_conflit(signed, demande.numero, conflit, now, information=typed)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url, status=409)
    load = partial(reload_dossier, signed, demande.numero, now, focus=LAST)
    return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce=Fait.INFORMATION_AJOUTEE)


@post("/demandes/{numero:str}/informations/{information:str}")
async def reveal_information(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """Show one identifier in full, once: the journal keeps who asked. Nothing else changes, so no redirection."""
    require(can_read_demande(signed.droits, demande.parties))
    information = as_id(str(request.path_params["information"]))
    if information is None:
        raise Introuvable
    valeur = await usagers.reveal_information(signed, demande, information, now)
    dossier = await build_dossier(signed, demande, now, affichee=information, valeur=valeur)
    return await pages.answer(request, "demande/usager.html", dossier, page=PAGE, url=None)


ROUTES = [create_information, reveal_information]
