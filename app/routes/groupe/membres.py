"""`/groupes/{groupe}`: who is there, with which roles; adding an existing account; the members as a spreadsheet."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.response import Stream

from app import pages, tableur
from app.domain.acces.sessions import Signed as Agent
from app.domain.faits.registre import Fait
from app.domain.groupes.ajouts import ROLES_PAR_DEFAUT, add_membre
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import Etat, Membre, filter_membres, list_membres
from app.domain.mots import dates
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_manage_groupe, require
from app.domain.regles.roles import Role, Roles, say_roles
from app.pages import Contexte
from app.routes.groupe.entete import Entete, entete_of, read_roles, say_jour
from app.routes.params import Form, Now, Query, Signed, TheGroupe, Visit
from app.templating import pluriel

ETATS = {
    Etat.ACTIFS: "Comptes en service",
    Etat.ATTENTE: "Jamais connectés",
    Etat.DESACTIVES: "Comptes désactivés",
}


@dataclass(frozen=True)
class LigneMembre:
    """A member in words. `etat` and `absence` are badges, empty when there is nothing to say."""

    agent: int
    nom: str
    fonction: str
    roles: str
    vu: str
    etat: str
    absence: str
    remplacant: str
    is_moi: bool


@dataclass(frozen=True)
class MembreAjoute:
    """The form that adds an existing account, as typed."""

    email: str = ""
    roles: Roles = ROLES_PAR_DEFAUT


@dataclass(frozen=True, kw_only=True)
class Membres(Contexte):
    """The members that the filters let through. For who manages: `expires`, accounts whose welcome link ended before
    they used it; `refusees`, those whose address refuses our mails.
    """

    templates = ("groupe/page.html",)
    entete: Entete
    lignes: list[LigneMembre]
    legende: str
    q: str
    role: str
    etat: str
    is_filtre: bool
    etats: list[tuple[str, str]]
    expires: list[tuple[int, str]]
    refusees: list[tuple[int, str]]
    ajout: MembreAjoute = field(default_factory=MembreAjoute)


@get("/groupes/{groupe:str}", opt=pages.AVEC_MENU)
async def get_membres(
    request: Visit, signed: Signed, equipe: TheGroupe, criteres: Query, now: Now
) -> Response[Any]:
    """The members by name, filtered by the address."""
    query = {name: criteres.texte(name)[:200] for name in ("q", "role", "etat")}
    context = await _load(signed, equipe, query, now)
    return await pages.show(request, "groupe/page.html", context)


@post("/groupes/{groupe:str}/membres")
async def create_membre(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Add whoever has this address; roles count when a responsable or an administrateur gives them."""
    ajout = MembreAjoute(form.texte("email"), read_roles(form))
    try:
        await add_membre(signed, equipe, ajout.email, ajout.roles, now)
    except Invalide as invalide:
        context = await _load(signed, equipe, {}, now, ajout=ajout, erreurs=invalide.erreurs)
        return await pages.show(request, "groupe/page.html", context)
    return pages.go(request, f"/groupes/{equipe.id}", annonce=Fait.AJOUTE_AU_GROUPE)


@get("/groupes/{groupe:str}/membres.csv")
async def export_membres(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Stream:
    """Every member with what a responsable may know of them, deactivated accounts included."""
    require(can_manage_groupe(signed.droits, equipe.id))
    rows = _rows(await list_membres(equipe.id), signed.zone)
    name = f"Membres {equipe.nom} {now.astimezone(signed.zone):%Y-%m-%d}.csv"
    return Stream(
        tableur.write_csv(ENTETES, rows),
        media_type=tableur.CSV,
        headers={"Content-Disposition": tableur.attachment(name)},
    )


ENTETES = (
    *("Nom", "Prénom", "Fonction", "Adresse e-mail", "Téléphone", "Aidant", "Instructeur", "Responsable"),
    *("Compte collectif", "Compte", "Membre depuis", "Dernière connexion", "Absent du", "au", "Remplacé par"),
)


async def _rows(membres: list[Membre], zone: ZoneInfo) -> AsyncIterator[tableur.Rangee]:
    for m in membres:
        away = m.absence
        yield (
            *(m.nom, m.prenom, m.fonction, m.email, m.telephone),
            *("oui" if role in m.roles else "non" for role in Role),
            "oui" if m.is_collectif else "non",
            {Etat.ACTIFS: "en service", Etat.ATTENTE: "jamais connecté", Etat.DESACTIVES: "désactivé"}[
                m.etat
            ],
            m.member_since.astimezone(zone).date(),
            m.last_seen_at.astimezone(zone).date() if m.last_seen_at else None,
            *((away.debut_on, away.fin_on, away.remplacant_nom) if away else (None, None, "")),
        )


async def _load(
    signed: Agent,
    equipe: Groupe,
    query: Mapping[str, str],
    now: datetime,
    *,
    ajout: MembreAjoute | None = None,
    erreurs: Mapping[str, str] | None = None,
) -> Membres:
    every = await list_membres(equipe.id)
    role = next((r for r in Role if r.value == query.get("role")), None)
    etat = next((e for e in Etat if e.value == query.get("etat")), None)
    q = query.get("q", "")
    shown = filter_membres(every, texte=q, role=role, etat=etat)
    counts = {e: sum(m.etat is e for m in every) for e in Etat}
    gere = can_manage_groupe(signed.droits, equipe.id)
    return Membres(
        erreurs=erreurs or {},
        entete=entete_of(signed, equipe, "", now),
        lignes=[ligne_of(membre, signed, now) for membre in shown],
        legende=_legende(shown),
        q=q,
        role=role.value if role else "",
        etat=etat.value if etat else "",
        is_filtre=bool(q or role or etat),
        etats=[(e.value, f"{libelle} ({counts[e]})") for e, libelle in ETATS.items()],
        expires=[
            (m.agent, m.nom_complet)
            for m in every
            if gere and m.etat is Etat.ATTENTE and m.invited_until is not None and m.invited_until <= now
        ],
        refusees=[(m.agent, m.nom_complet) for m in every if gere and m.is_refusee],
        ajout=ajout or MembreAjoute(),
    )


def _legende(membres: list[Membre]) -> str:
    """« 9 membres, dont 6 instructeurs et 2 responsables »."""
    counts = [
        pluriel(nombre, role.value)
        for role in (Role.INSTRUCTEUR, Role.RESPONSABLE)
        if (nombre := sum(role in m.roles for m in membres))
    ]
    return pluriel(len(membres), "membre") + (f", dont {' et '.join(counts)}" if counts else "")


def ligne_of(membre: Membre, signed: Agent, now: datetime) -> LigneMembre:
    """One member in words, for this reader."""
    away = membre.absence
    return LigneMembre(
        agent=membre.agent,
        nom=membre.nom_complet or membre.email,
        fonction=membre.fonction or ("Compte collectif" if membre.is_collectif else ""),
        roles=say_roles(membre.roles),
        vu=say_visite(membre, now, signed.zone),
        etat="désactivé" if membre.etat is Etat.DESACTIVES else "",
        absence=say_absence(membre, now, signed.zone),
        remplacant=(away.remplacant_nom or "sans remplaçant") if away else "",
        is_moi=membre.agent == signed.droits.agent,
    )


def say_visite(membre: Membre, now: datetime, zone: ZoneInfo) -> str:
    """« aujourd’hui à 8 h 55 », « 21 juillet »; of an account never used, until when its welcome link works."""
    if membre.etat is Etat.ATTENTE and membre.invited_until is not None:
        if membre.invited_until <= now:
            return "jamais, lien expiré"
        return f"jamais, lien valable jusqu’au {say_jour(membre.invited_until, now, zone)}"
    if membre.last_seen_at is None:
        return "jamais"
    jour = dates.jour_court(membre.last_seen_at, now, zone)
    is_near = jour in ("aujourd’hui", "hier")
    return f"{jour} à {dates.heure(membre.last_seen_at, zone)}" if is_near else jour


def say_absence(membre: Membre, now: datetime, zone: ZoneInfo) -> str:
    """« jusqu’au 4 décembre », « du 30 novembre au 11 décembre »; empty when nothing is declared."""
    if membre.absence is None:
        return ""
    fin = say_jour(membre.absence.fin_on, now, zone)
    if membre.absence.debut_on <= now.astimezone(zone).date():
        return f"jusqu’au {fin}" if fin not in ("aujourd’hui", "demain") else f"jusqu’à {fin}"
    debut = dates.le_jour(membre.absence.debut_on, now, zone)
    return f"du {debut.removeprefix('le ')} au {fin}" if debut != "demain" else f"de demain au {fin}"


ROUTES = [get_membres, create_membre, export_membres]
