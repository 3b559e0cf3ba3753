"""`/administration/agents`: every account, looked for by name or address; creating one that is in no groupe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.agents import CompteTrouve, Parmi, list_agents
from app.domain.administration.comptes import CompteEquipe, create_compte_equipe
from app.domain.faits.registre import Fait
from app.domain.figures.perimetres import load_noms
from app.domain.groupes.membres import Etat
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_administer, require
from app.formulaire import Formulaire, as_id
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, Visit

URL = "/administration/agents"
LISTE, NOUVEAU = "administration/agents.html", "administration/nouveau.html"
#: The boxes of the form of a new account.
QUALITES = [
    ("administrateur", "Administrateur", "gère les comptes et la plateforme, sans lire les demandes"),
    ("expert", "Expert", "peut être invité sur une demande bloquée"),
    ("pilote", "Pilote", "voit les chiffres d’un périmètre"),
]
#: What an account is, beside its name; nothing for those in service.
BADGES = {Etat.ATTENTE: "jamais connecté", Etat.DESACTIVES: "désactivé", Etat.ACTIFS: ""}


@dataclass(frozen=True, kw_only=True)
class ListeAgents(Contexte):
    """One page of accounts, and what was looked for."""

    templates = (LISTE,)
    lignes: list[CompteTrouve]
    badges: Mapping[Etat, str]
    total: int
    page: int
    nombre_de_pages: int
    q: str
    parmi: str
    choix: list[tuple[str, str]]
    suite: str


@dataclass(frozen=True, kw_only=True)
class NouveauCompte(Contexte):
    """The form of an account without groupe, as typed."""

    templates = (NOUVEAU,)
    saisie: CompteEquipe
    qualites: list[str]
    qualites_possibles: list[tuple[str, str, str]]
    organismes: list[tuple[int, str]]
    departements: list[tuple[int, str]]


@get(URL)
async def get_agents(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """By name, those closed last. Raises Refus."""
    q = criteres.texte("q")[:200]
    parmi = next((p for p in Parmi if p == criteres.texte("parmi")), None)
    found = await list_agents(signed, q, parmi, as_id(criteres.texte("page")) or 1)
    kept = {nom: valeur for nom, valeur in (("q", q), ("parmi", parmi)) if valeur}
    context = ListeAgents(
        lignes=list(found.lignes),
        badges=BADGES,
        total=found.total,
        page=found.page,
        nombre_de_pages=found.pages,
        q=q,
        parmi=parmi or "",
        choix=[(p.value, p.fiche) for p in Parmi],
        suite="".join(f"&{pair}" for pair in [urlencode(kept)] if pair),
    )
    return await pages.show(request, LISTE, context)


@get(f"{URL}/nouveau")
async def get_nouveau(request: Visit, signed: Signed) -> Response[Any]:
    """The empty form. Raises Refus."""
    require(can_administer(signed.droits))
    return await pages.show(request, NOUVEAU, await _form(signed, Formulaire()))


@post(URL)
async def create_agent(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Create it, then its page. Raises Refus."""
    try:
        agent = await create_compte_equipe(signed, read_compte(form), now)
    except Invalide as invalide:
        return await pages.show(request, NOUVEAU, await _form(signed, form, invalide.erreurs))
    return pages.go(request, f"{URL}/{agent}", annonce=Fait.COMPTE_EQUIPE_CREE)


def read_compte(form: Formulaire) -> CompteEquipe:
    """The account as typed."""
    qualites = form.textes("qualites")
    return CompteEquipe(
        prenom=form.texte("prenom"),
        nom=form.texte("nom"),
        fonction=form.texte("fonction"),
        email=form.texte("email"),
        departement=form.identifiant("departement"),
        is_expert="expert" in qualites,
        is_administrateur="administrateur" in qualites,
        is_pilote="pilote" in qualites,
        perimetre_organisme=form.identifiant("perimetre_organisme"),
        perimetre_departement=form.identifiant("perimetre_departement"),
    )


async def _form(signed: Agent, form: Formulaire, erreurs: Mapping[str, str] | None = None) -> NouveauCompte:
    noms = await load_noms()
    return NouveauCompte(
        erreurs=erreurs or {},
        saisie=read_compte(form),
        qualites=form.textes("qualites"),
        qualites_possibles=QUALITES,
        organismes=list(noms.organismes.items()),
        departements=list(noms.departements.items()),
    )


ROUTES = [get_agents, get_nouveau, create_agent]
