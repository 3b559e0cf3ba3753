"""`/demandes/{numero}/messages/{ligne}/correction`: whoever wrote a message corrects it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import Demande, get_demande
from app.domain.echanges import corrections
from app.domain.echanges.corrections import CorrectionSaisie
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Invalide
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.bulles import Bulle, bulle_of
from app.routes.params import Form, Now, Signed, TheDemande, Visit

PAGE = "demande/correction.html"


@dataclass(frozen=True, kw_only=True)
class UneCorrection(Contexte):
    """The message as it reads now, and the form."""

    templates = (PAGE,)
    demande: Demande
    titre: str
    message: Bulle
    saisie: CorrectionSaisie


@get("/demandes/{numero:str}/messages/{ligne:str}/correction")
async def get_correction(
    request: Visit, signed: Signed, demande: TheDemande, ligne: FromPath[str]
) -> Response[Any]:
    """The words of the message, to correct."""
    return await pages.show(request, PAGE, await _build(signed, demande, ligne))


@post("/demandes/{numero:str}/messages/{ligne:str}/correction")
async def create_correction(
    request: Visit, signed: Signed, demande: TheDemande, *, ligne: FromPath[str], form: Form, now: Now
) -> Response[Any]:
    """Correct it; what was typed stays on the page until it is kept."""
    typed = CorrectionSaisie(
        texte=form.texte("texte"), vues=form.identifiant("vues") or 0, signature=form.texte("signature")
    )
    try:
        await corrections.correct(signed, demande, ligne, typed, now)
    except Invalide as invalide:
        return await pages.show(
            request, PAGE, await _build(signed, demande, ligne, typed, erreurs=invalide.erreurs)
        )
    except Conflit as conflit:
        fresh = await get_demande(signed.droits, demande.numero)
        kept = await _build(signed, fresh, ligne, typed, erreurs={"": conflit.phrase})
        return await pages.show(request, PAGE, kept, status=409)
    return pages.go(request, f"/demandes/{demande.numero}#message-{ligne}", annonce=Fait.MESSAGE_CORRIGE)


async def _build(
    signed: Agent,
    demande: Demande,
    nom: str,
    saisie: CorrectionSaisie | None = None,
    *,
    erreurs: Mapping[str, str] | None = None,
) -> UneCorrection:
    """What is typed stays; `vues` is what this page shows. Raises what `get_corrigeable` does."""
    ligne = await corrections.get_corrigeable(signed, demande, nom)
    typed = saisie or CorrectionSaisie(texte=ligne.texte, signature=signed.signature)
    return UneCorrection(
        erreurs=erreurs or {},
        demande=demande,
        titre=mots.titre_of(demande),
        message=bulle_of(ligne, signed.droits.agent, None),
        saisie=replace(typed, vues=len(ligne.corrections)),
    )


ROUTES = [get_correction, create_correction]
