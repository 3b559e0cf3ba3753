"""`/demandes/{numero}/signalement`: a reader reports a misuse to the A+ team, which sees metadata only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import Demande
from app.domain.echanges import signalements
from app.domain.echanges.signalements import RaisonSignalement, SignalementSaisi
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_read_demande, require
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.params import Form, Now, Signed, TheDemande, Visit

PAGE = "demande/signalement.html"


@dataclass(frozen=True, kw_only=True)
class UnSignalement(Contexte):
    """The form, as typed."""

    templates = (PAGE,)
    demande: Demande
    titre: str
    saisie: SignalementSaisi
    visables: list[tuple[int, str]]
    raisons: list[tuple[str, str]] = field(
        default_factory=lambda: [(raison.value, raison.fiche) for raison in RaisonSignalement]
    )


@get("/demandes/{numero:str}/signalement")
async def get_signalement(request: Visit, signed: Signed, demande: TheDemande) -> Response[Any]:
    """What happened, and whom it is about."""
    require(can_read_demande(signed.droits, demande.parties))
    return await pages.show(request, PAGE, await _load(signed, demande, SignalementSaisi()))


@post("/demandes/{numero:str}/signalement")
async def create_signalement(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Send it. Raises Refus, Conflit for a second one."""
    typed = SignalementSaisi(form.texte("raison"), form.identifiant("vise"), form.texte("texte"))
    try:
        await signalements.report(signed, demande, typed, now)
    except Invalide as invalide:
        context = await _load(signed, demande, typed, invalide.erreurs)
        return await pages.show(request, PAGE, context)
    return pages.go(request, f"/demandes/{demande.numero}", annonce=Fait.ABUS_SIGNALE)


async def _load(
    signed: Agent, demande: Demande, saisie: SignalementSaisi, erreurs: Mapping[str, str] | None = None
) -> UnSignalement:
    return UnSignalement(
        erreurs=erreurs or {},
        demande=demande,
        titre=mots.titre_of(demande),
        saisie=saisie,
        visables=await signalements.list_visables(signed, demande),
    )


ROUTES = [get_signalement, create_signalement]
