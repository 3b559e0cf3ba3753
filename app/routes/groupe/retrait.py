"""`/groupes/{groupe}/membres/{agent}/retrait`: what a departure changes, shown before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.faits.registre import Fait
from app.domain.groupes.departs import Acte, Concernee, Plan, Titre
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import Membre, get_compte, get_membre
from app.domain.groupes.passation import AU_GROUPE
from app.domain.groupes.retraits import find_obstacle, leave, preview_depart
from app.domain.mots import dates
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.roles import Role, Roles, say_roles
from app.formulaire import Formulaire, as_id
from app.pages import Contexte
from app.routes.groupe.entete import Entete, entete_of
from app.routes.groupe.membre import read_agent
from app.routes.params import Form, Now, Query, Signed, TheGroupe, Visit
from app.templating import pluriel

PAGE = "groupe/retrait.html"
#: Beyond, the page would be longer than anybody reads: the others follow the rule that the page says.
LIGNES_MAX = 100

TITRES = {
    Titre.AUTEUR: "l’a envoyée",
    Titre.CHARGE: "s’en occupe",
    Titre.NOMME: "invité par son nom",
    Titre.REPONDANT: "a\u00a0répondu",
    Titre.COLLEGUE: "invité par un collègue",
    Titre.MEMBRE: "dernier du groupe",
}


@dataclass(frozen=True)
class LigneConcernee:
    """A demande in words: metadata only. `options` are who may take it over; empty when nothing is to be chosen."""

    numero: int
    titre: str
    etat: str
    ton: str
    delai: str
    is_late: bool
    suivie: str
    is_orpheline: bool
    options: list[tuple[int, str]]
    choisi: int


@dataclass(frozen=True, kw_only=True)
class Retrait(Contexte):
    """The preview. `obstacle` says why it cannot be done; `inconnues` counts what the reader may not know of."""

    templates = (PAGE,)
    entete: Entete
    agent_vise: int
    nom: str
    prenom: str
    fonction: str
    roles: str
    is_moi: bool
    acte: Acte
    onglets: list[tuple[str, str, bool]]
    obstacle: str
    conflit: str
    lignes: list[LigneConcernee]
    orphelines: list[int]
    orphelines_inconnues: int
    inconnues: int
    en_plus: int
    autres_groupes: tuple[str, ...]
    reste: list[tuple[str, int]]
    vu: str
    motif: str


@get("/groupes/{groupe:str}/membres/{agent:str}/retrait")
async def get_retrait(
    request: Visit, signed: Signed, equipe: TheGroupe, criteres: Query, now: Now
) -> Response[Any]:
    """What would happen, for this act."""
    context = await _load(signed, equipe, read_agent(request), _read_acte(criteres), now)
    return await pages.show(request, PAGE, context)


@post("/groupes/{groupe:str}/membres/{agent:str}/retrait")
async def create_retrait(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Do it. What changed since the page is shown, and asked again."""
    agent, acte = read_agent(request), _read_acte(form)
    choix = _read_choix(form)
    # Of who is no member, it is said in the same words whether such an account exists.
    await get_membre(equipe.id, agent)
    try:
        await leave(
            signed, equipe, agent, acte, choix=choix, vu=form.texte("vu"), motif=form.texte("motif"), now=now
        )
    except Invalide as invalide:
        context = await _load(signed, equipe, agent, acte, now, form=form, erreurs=invalide.erreurs)
        return await pages.show(request, PAGE, context)
    except Conflit as conflit:
        context = await _load(signed, equipe, agent, acte, now, form=form, conflit=conflit.phrase)
        return await pages.show(request, PAGE, context, status=409)
    fait = Fait.RETIRE_DU_GROUPE if acte is Acte.RETIRER else Fait.COMPTE_DESACTIVE
    back = "/groupes" if agent == signed.droits.agent else f"/groupes/{equipe.id}"
    return pages.go(request, back, annonce=fait)


def _read_acte(form: Formulaire) -> Acte:
    return Acte.DESACTIVER if form.texte("acte") == Acte.DESACTIVER else Acte.RETIRER


def _read_choix(form: Formulaire) -> dict[int, int]:
    """Demande → agent of the selects named `confier-4771`; « 0 » leaves it to the groupe."""
    choix = {}
    for nom in form.champs:
        numero = as_id(nom.removeprefix("confier-"), 2**53) if nom.startswith("confier-") else None
        agent = AU_GROUPE if form.texte(nom) == "0" else form.identifiant(nom)
        if numero is not None and agent is not None:
            choix[numero] = agent
    return choix


async def _load(
    signed: Agent,
    equipe: Groupe,
    agent: int,
    acte: Acte,
    now: datetime,
    *,
    form: Formulaire | None = None,
    conflit: str = "",
    erreurs: Mapping[str, str] | None = None,
) -> Retrait:
    membre, compte = await get_membre(equipe.id, agent), await get_compte(agent)
    plan = await preview_depart(signed.droits, equipe, compte, acte)
    choix = _read_choix(form) if form else {}
    known = [c for c in plan.concernees if c.is_connue]
    orphelines = [c for c in plan.orphelines if c.is_connue]
    return Retrait(
        erreurs=erreurs or {},
        entete=entete_of(signed, equipe, "/membres", now),
        agent_vise=agent,
        nom=membre.nom_complet or membre.email,
        prenom=membre.prenom or membre.nom or membre.email,
        fonction=membre.fonction,
        roles=say_roles(membre.roles),
        is_moi=agent == signed.droits.agent,
        acte=acte,
        onglets=_onglets(equipe, agent, acte) if agent != signed.droits.agent else [],
        obstacle=find_obstacle(signed.droits, equipe, compte, acte),
        conflit=conflit,
        lignes=[_ligne_of(c, plan, choix, now, signed.zone) for c in known[:LIGNES_MAX]],
        orphelines=[c.numero for c in orphelines],
        orphelines_inconnues=len(plan.orphelines) - len(orphelines),
        inconnues=len(plan.concernees) - len(known),
        en_plus=max(0, len(known) - LIGNES_MAX),
        autres_groupes=membre.autres_groupes,
        reste=_reste(equipe, membre),
        vu=plan.empreinte,
        motif=form.texte("motif") if form else "",
    )


def _onglets(equipe: Groupe, agent: int, acte: Acte) -> list[tuple[str, str, bool]]:
    url = f"/groupes/{equipe.id}/membres/{agent}/retrait"
    return [
        ("Retirer du groupe", url, acte is Acte.RETIRER),
        ("Désactiver le compte", f"{url}?acte=desactiver", acte is Acte.DESACTIVER),
    ]


def _reste(equipe: Groupe, membre: Membre) -> list[tuple[str, int]]:
    """How many are left once this account is gone from the groupe; an account that is closed counts already out."""
    active = 0 if membre.deactivated_at else 1
    held: Roles = membre.roles if active else frozenset()
    return [
        ("Membres", equipe.membres - active),
        ("Instructeurs", equipe.instructeurs - (Role.INSTRUCTEUR in held)),
        ("Responsables", equipe.responsables - (Role.RESPONSABLE in held)),
    ]


def _ligne_of(
    concernee: Concernee, plan: Plan, choix: Mapping[int, int], now: datetime, zone: ZoneInfo
) -> LigneConcernee:
    people = plan.candidats_of(concernee)
    late = concernee.late_at is not None and concernee.late_at < now
    return LigneConcernee(
        numero=concernee.numero,
        titre=TITRES[concernee.titre],
        etat=concernee.etat.value if concernee.etat else "",
        ton=concernee.etat.fiche if concernee.etat else "neutre",
        delai=_delai(concernee, late, now, zone),
        is_late=late,
        suivie=_suivie(concernee),
        is_orpheline=concernee.is_orpheline,
        options=_options(concernee, [(person.agent, person.nom) for person in people]),
        choisi=choix.get(concernee.numero, concernee.heritier or AU_GROUPE),
    )


def _options(concernee: Concernee, people: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    if concernee.titre is Titre.COLLEGUE:
        return []
    by_default = "Les experts" if concernee.is_orpheline else "Laisser au groupe"
    if concernee.titre is Titre.NOMME and not concernee.is_orpheline:
        by_default = "Personne de plus"
    return [(AU_GROUPE, by_default), *people]


def _delai(concernee: Concernee, late: bool, now: datetime, zone: ZoneInfo) -> str:
    if concernee.late_at is None:
        return "à l’aidant de clôturer" if concernee.etat and concernee.etat.value == "traitée" else "–"
    if late:
        return f"en souffrance depuis {dates.depuis(concernee.late_at, now, zone).removeprefix('depuis ')}"
    return "à l’aidant de répondre" if concernee.attend_aidant else dates.avant(concernee.late_at, now, zone)


def _suivie(concernee: Concernee) -> str:
    if concernee.titre is Titre.COLLEGUE:
        return "son auteur"
    if concernee.titre is Titre.AUTEUR:
        invited = ", ".join(person.nom for person in concernee.collegues)
        return invited or (
            pluriel(concernee.aidants, "aidant du groupe", "aidants du groupe")
            if concernee.aidants
            else "personne"
        )
    return pluriel(concernee.repondants, "instructeur") if concernee.repondants else "personne"


ROUTES = [get_retrait, create_retrait]
