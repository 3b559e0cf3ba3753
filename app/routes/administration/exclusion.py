"""`/administration/agents/{agent}/exclusion`: closing an account for a misuse, shown before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.faits.registre import Fait
from app.domain.groupes.exclusions import Excluable, exclude, preview_exclusion
from app.domain.regles.errors import Invalide
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, Visit, read_id

PAGE = "administration/exclusion.html"
ADRESSE = "/administration/agents/{agent:str}/exclusion"
RETOUR = "/administration/signalements"
NUMEROS_DITS = 20


@dataclass(frozen=True, kw_only=True)
class Exclusion(Contexte):
    """Who, what they hold, and the reason as typed. `numeros` are the first demandes concerned."""

    templates = (PAGE,)
    vise: Excluable
    adresse: str
    numeros: list[int]
    concernees: int
    orphelines: int
    motif: str
    signalement: int | None


@get(ADRESSE)
async def get_exclusion(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """What would happen. Raises Refus, Introuvable."""
    signalement = criteres.identifiant("signalement")
    return await pages.show(request, PAGE, await _load(request, signed, "", signalement))


@post(ADRESSE)
async def create_exclusion(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Do it. Raises Refus with the reason, Introuvable, Conflit."""
    signalement, motif = form.identifiant("signalement"), form.texte("motif")
    try:
        await exclude(signed, read_id(request, "agent"), motif, signalement=signalement, now=now)
    except Invalide as invalide:
        context = await _load(request, signed, motif, signalement, invalide.erreurs)
        return await pages.show(request, PAGE, context)
    return pages.go(request, RETOUR, annonce=Fait.COMPTE_EXCLU)


async def _load(
    request: Visit,
    signed: Agent,
    motif: str,
    signalement: int | None,
    erreurs: Mapping[str, str] | None = None,
) -> Exclusion:
    vise = await preview_exclusion(signed, read_id(request, "agent"))
    numeros = [concernee.numero for concernee in vise.plan.concernees]
    return Exclusion(
        erreurs=erreurs or {},
        vise=vise,
        adresse=f"/administration/agents/{vise.agent}/exclusion",
        numeros=numeros[:NUMEROS_DITS],
        concernees=len(numeros),
        orphelines=len(vise.plan.orphelines),
        motif=motif,
        signalement=signalement,
    )


ROUTES = [get_exclusion, create_exclusion]
