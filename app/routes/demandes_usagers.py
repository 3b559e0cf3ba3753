"""`/administration/demandes-usagers`: the rights of usagers, from search to answer, and what the sweeps took away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.faits.registre import Fait
from app.domain.oubli import requetes
from app.domain.oubli.menages import Menage, list_menages
from app.domain.oubli.requetes import Droit, IssueRequete, Requete, Trouvee, UsagerCherche
from app.domain.regles.errors import Introuvable, Invalide
from app.formulaire import as_id
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit

PAGE, EFFACEMENT = "demandes_usagers/page.html", "demandes_usagers/effacement.html"
URL = "/administration/demandes-usagers"


@dataclass(frozen=True, kw_only=True)
class DemandesUsagers(Contexte):
    """The requests; what was looked for and found (None: nothing was looked for), with what is ticked of it; what the
    sweeps took away.
    """

    templates = (PAGE,)
    requetes: list[Requete]
    recherche: UsagerCherche = field(default_factory=UsagerCherche)
    trouvees: list[Trouvee] | None = None
    cochees: list[int] = field(default_factory=list)
    nature: str = ""
    droits: list[tuple[str, str]] = field(default_factory=lambda: [(d.value, d.fiche) for d in Droit])
    reponses: list[tuple[str, str]] = field(
        default_factory=lambda: [(r.value, r.fiche) for r in IssueRequete]
    )
    menages: list[Menage]


@dataclass(frozen=True, kw_only=True)
class EffacementDemande(Contexte):
    """What would be erased at once, before it is."""

    templates = (EFFACEMENT,)
    requete: int
    demandes: list[Trouvee]


@get(URL)
async def get_demandes_usagers(request: Visit, signed: Signed, now: Now) -> Response[str]:
    """The requests that wait, the form of the search. Raises Refus."""
    return await _show(request, signed, now)


@post(f"{URL}/recherche")
async def post_recherche(request: Visit, signed: Signed, form: Form, now: Now) -> Response[str]:
    """Posted, so that no address keeps the name of an usager. Raises Refus."""
    recherche = UsagerCherche(
        form.texte("prenom"), form.texte("nom"), form.texte("naissance"), form.texte("identifiant")
    )
    try:
        trouvees = await requetes.find_demandes(signed, recherche, now)
    except Invalide as error:
        return await _show(request, signed, now, recherche=recherche, erreurs=error.erreurs)
    cochees = [one.numero for one in trouvees]
    return await _show(request, signed, now, recherche=recherche, trouvees=trouvees, cochees=cochees)


@post(URL)
async def post_requete(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Send the request to the participants of the demandes ticked. Raises Refus."""
    nature, cochees = form.texte("nature"), form.identifiants("demandes")
    try:
        await requetes.open_requete(signed, nature, cochees, now)
    except Invalide as error:
        # What was looked for is kept nowhere: what was found comes back by its numbers.
        trouvees = await requetes.list_trouvees(signed, form.identifiants("trouvees") or cochees)
        return await _show(
            request, signed, now, trouvees=trouvees, cochees=cochees, nature=nature, erreurs=error.erreurs
        )
    return pages.go(request, URL, annonce="requete_transmise")


@get(f"{URL}/{{requete:str}}/effacement")
async def get_effacement(request: Visit, signed: Signed, requete: FromPath[str]) -> Response[str]:
    """What would be erased. Raises Introuvable, Conflit."""
    known = _id(requete)
    context = EffacementDemande(requete=known, demandes=await requetes.preview_effacement(signed, known))
    return await pages.show(request, EFFACEMENT, context)


@post(f"{URL}/{{requete:str}}/effacement")
async def post_effacement(request: Visit, signed: Signed, requete: FromPath[str], now: Now) -> Response[Any]:
    """Erase at once. Raises Introuvable, Conflit."""
    await requetes.erase_requete(signed, _id(requete), now)
    return pages.go(request, URL, annonce="requete_effacee")


@post(f"{URL}/{{requete:str}}/reponse")
async def post_reponse(
    request: Visit, signed: Signed, requete: FromPath[str], form: Form, now: Now
) -> Response[Any]:
    """Record what was answered. Raises Refus, Introuvable, Conflit."""
    known = _id(requete)
    try:
        await requetes.answer_requete(signed, known, form.texte(f"reponse-{known}"), now)
    except Invalide as error:
        return await _show(request, signed, now, erreurs=error.erreurs)
    return pages.go(request, URL, annonce=Fait.REQUETE_REPONDUE)


def _id(texte: str) -> int:
    known = as_id(texte)
    if known is None:
        raise Introuvable
    return known


async def _show(
    request: Visit,
    signed: SignedAgent,
    now: datetime,
    *,
    recherche: UsagerCherche | None = None,
    trouvees: list[Trouvee] | None = None,
    cochees: Sequence[int] = (),
    nature: str = "",
    erreurs: Mapping[str, str] | None = None,
) -> Response[str]:
    context = DemandesUsagers(
        erreurs=erreurs or {},
        requetes=await requetes.list_requetes(signed, now),
        recherche=recherche or UsagerCherche(),
        trouvees=trouvees,
        cochees=list(cochees),
        nature=nature,
        menages=[menage for menage in await list_menages(now) if menage.nombre],
    )
    return await pages.show(request, PAGE, context)


ROUTES = [
    get_demandes_usagers,
    post_recherche,
    post_requete,
    get_effacement,
    post_effacement,
    post_reponse,
]
