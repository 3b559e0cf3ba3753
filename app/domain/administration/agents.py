"""Looking for an account, and what the A+ team may know of it: who, where, since when; never what they wrote."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.groupes.membres import Etat
from app.domain.listes.criteres import PAR_PAGE, motifs_of, page_within
from app.domain.regles.errors import Introuvable
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_administer, require


class Parmi(MotFerme):
    """Which accounts the list shows; the row is what the filter says."""

    fiche: str

    EQUIPE = "equipe", "Administrateurs et experts"
    PILOTES = "pilotes", "Pilotes"
    SANS_GROUPE = "sans-groupe", "Sans groupe"
    REFUSEES = "refusees", "Adresses qui refusent nos courriels"
    ATTENTE = "attente", "Invités, jamais connectés"
    DESACTIVES = "desactives", "Comptes désactivés"


@dataclass(frozen=True)
class CompteTrouve:
    """One line of the list. `qualites`: expert, administrateur, pilote."""

    id: int
    nom: str
    email: str
    fonction: str
    groupes: tuple[str, ...]
    qualites: tuple[str, ...]
    etat: Etat
    last_seen_at: datetime | None
    is_refusee: bool


@dataclass(frozen=True)
class PageComptes:
    """One page of the list."""

    lignes: tuple[CompteTrouve, ...]
    total: int
    page: int
    pages: int


FACTS = """
select a.id, coalesce(nullif(trim(a.prenom || ' ' || a.nom), ''), a.email) as nom, a.email, a.fonction,
    array(select g.nom from adhesions_vivantes m join groupes g on g.id = m.groupe where m.agent = a.id order by g.nom)
        as groupes,
    a.is_administrateur, a.is_expert, exists (select from perimetres p where p.agent = a.id) as is_pilote,
    a.deactivated_at, a.invited_until, a.last_seen_at,
    exists (select from adresses_refusees r where r.agent = a.id) as is_refusee
"""
# The page is chosen before anything is read of its agents: those before it cost a name each.
CHOSEN = """
with choisis as (
    select a.id, count(*) over () as total from agents a
    where (cardinality(:motifs::text[]) = 0 or plier(a.prenom || ' ' || a.nom || ' ' || a.email) like all (:motifs))
        and case :parmi
            when 'equipe' then a.is_administrateur or a.is_expert
            when 'pilotes' then exists (select from perimetres p where p.agent = a.id)
            when 'sans-groupe' then a.deactivated_at is null
                and not exists (select from adhesions_vivantes m where m.agent = a.id)
            when 'refusees' then a.id in (select c.agent from courriels c where c.failed_at is not null)
                and exists (select from adresses_refusees r where r.agent = a.id)
            when 'attente' then a.invited_until is not null and a.deactivated_at is null
            when 'desactives' then a.deactivated_at is not null
            else true end
    order by a.deactivated_at is not null, a.nom, a.prenom, a.id
    limit :longueur offset :debut
)
"""
LISTED = """, c.total from choisis c join agents a on a.id = c.id
order by a.deactivated_at is not null, a.nom, a.prenom, a.id
"""
LIST = "".join((CHOSEN, FACTS, LISTED))


async def list_agents(signed: Signed, texte: str, parmi: Parmi | None, page: int) -> PageComptes:
    """Accounts by name, those closed last; `texte` looks in names and addresses. Raises Refus."""
    require(can_administer(signed.droits))
    shown = max(1, page)
    rows = await _read_page(texte, parmi, shown)
    if not rows and shown > 1:
        shown = 1
        rows = await _read_page(texte, parmi, shown)
    total = rows[0]["total"] if rows else 0
    shown, pages = page_within(shown, total)
    return PageComptes(tuple(_agent_of(row) for row in rows), total, shown, pages)


async def _read_page(texte: str, parmi: Parmi | None, page: int) -> Sequence[Any]:
    return await database.fetch(
        LIST,
        motifs=motifs_of(texte),
        parmi=parmi.value if parmi else "",
        longueur=PAR_PAGE,
        debut=(page - 1) * PAR_PAGE,
    )


def _agent_of(row: Any) -> CompteTrouve:
    held = (
        ("administrateur", row["is_administrateur"]),
        ("expert", row["is_expert"]),
        ("pilote", row["is_pilote"]),
    )
    attente = Etat.ATTENTE if row["invited_until"] is not None else Etat.ACTIFS
    return CompteTrouve(
        id=row["id"],
        nom=row["nom"],
        email=row["email"],
        fonction=row["fonction"],
        groupes=tuple(row["groupes"]),
        qualites=tuple(mot for mot, is_held in held if is_held),
        etat=Etat.DESACTIVES if row["deactivated_at"] is not None else attente,
        last_seen_at=row["last_seen_at"],
        is_refusee=row["is_refusee"],
    )


@dataclass(frozen=True)
class AppartenanceVue:
    """A groupe of this agent, and their roles there in words."""

    groupe: int
    nom: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class PerimetreVu:
    """What a pilote sees the figures of; an empty name means all of them."""

    id: int
    organisme: str
    departement: str


@dataclass(frozen=True)
class FicheAgent:
    """Everything the A+ team may know of an account."""

    trouve: CompteTrouve
    telephone: str
    is_collectif: bool
    departement: str
    created_at: datetime
    deactivated_at: datetime | None
    invited_until: datetime | None
    sessions: int
    second_facteur_at: datetime | None
    appartenances: tuple[AppartenanceVue, ...]
    perimetres: tuple[PerimetreVu, ...]


FICHE = """, a.telephone, a.is_collectif, d.nom as departement, a.created_at,
    (select count(*) from sessions s where s.agent = a.id and s.expires_at > :now) as sessions,
    (select f.created_at from seconds_facteurs f where f.agent = a.id) as second_facteur_at,
    (select json_agg(json_build_object('groupe', g.id, 'nom', g.nom, 'aidant', m.is_aidant,
        'instructeur', m.is_instructeur, 'responsable', m.is_responsable) order by g.nom)
     from adhesions_vivantes m join groupes g on g.id = m.groupe where m.agent = a.id) as appartenances,
    (select json_agg(json_build_object('id', p.id, 'organisme', o.sigle, 'departement', e.nom) order by p.id)
     from perimetres p left join organismes o on o.id = p.organisme left join departements e on e.id = p.departement
     where p.agent = a.id) as perimetres
from agents a join departements d on d.id = a.departement where a.id = :agent
"""
ONE = FACTS + FICHE
ROLES = ("aidant", "instructeur", "responsable")


async def get_agent(signed: Signed, agent: int, now: datetime) -> FicheAgent:
    """One account. Raises Introuvable, also for whoever does not run the platform."""
    if not can_administer(signed.droits):
        raise Introuvable
    row = await database.fetch_one(ONE, agent=agent, now=now)
    if row is None:
        raise Introuvable
    return FicheAgent(
        trouve=_agent_of(row),
        telephone=row["telephone"],
        is_collectif=row["is_collectif"],
        departement=row["departement"],
        created_at=row["created_at"],
        deactivated_at=row["deactivated_at"],
        invited_until=row["invited_until"],
        sessions=row["sessions"],
        second_facteur_at=row["second_facteur_at"],
        appartenances=tuple(
            AppartenanceVue(m["groupe"], m["nom"], tuple(role for role in ROLES if m[role]))
            for m in json.loads(row["appartenances"] or "[]")
        ),
        perimetres=tuple(
            PerimetreVu(p["id"], p["organisme"] or "", p["departement"] or "")
            for p in json.loads(row["perimetres"] or "[]")
        ),
    )
