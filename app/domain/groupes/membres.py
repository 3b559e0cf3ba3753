"""Who is in a groupe, with which roles; adding an existing account, changing roles (product §2, §3; S3)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app import database
from app.domain.mots.folding import fold
from app.domain.regles.errors import Disparu, Introuvable
from app.domain.regles.roles import Compte, Poste, Role, Roles

#: A groupe is a team: its pages read it whole, and no further than that.
MEMBRES_MAX = 2_000


class Etat(StrEnum):
    """Which accounts the list of members shows."""

    ACTIFS = "actifs"
    ATTENTE = "attente"
    DESACTIVES = "desactives"


@dataclass(frozen=True)
class Absence:
    """Away from `debut_on` to `fin_on`, both included; `remplacant` stands in, if somebody does."""

    debut_on: date
    fin_on: date
    remplacant: int | None
    remplacant_nom: str

    @property
    def marque(self) -> str:
        """What a page has seen of it: another one says something else."""
        return f"{self.debut_on}/{self.fin_on}/{self.remplacant or ''}"


@dataclass(frozen=True)
class Membre:
    """A member of one groupe. `invited_until`: they were invited and have not signed in yet.

    `is_refusee`: their address refuses our mails.
    """

    agent: int
    prenom: str
    nom: str
    fonction: str
    email: str
    telephone: str
    is_collectif: bool
    roles: Roles
    member_since: datetime
    last_seen_at: datetime | None
    deactivated_at: datetime | None
    is_exclu: bool
    invited_until: datetime | None
    absence: Absence | None
    autres_groupes: tuple[str, ...]
    is_refusee: bool

    @property
    def nom_complet(self) -> str:
        """« Idir Hamel »."""
        return f"{self.prenom} {self.nom}".strip()

    @property
    def etat(self) -> Etat:
        """Where this account stands."""
        if self.deactivated_at is not None:
            return Etat.DESACTIVES
        return Etat.ATTENTE if self.invited_until is not None else Etat.ACTIFS


MEMBRES = """
select a.id as agent, a.prenom, a.nom, a.fonction, a.email, a.telephone, a.is_collectif, m.is_aidant, m.is_instructeur,
    m.is_responsable, m.created_at as member_since, a.last_seen_at, a.deactivated_at,
    coalesce(a.excluded_at = a.deactivated_at, false) as is_exclu, a.invited_until,
    b.debut_on, b.fin_on, b.remplacant, coalesce(trim(r.prenom || ' ' || r.nom), '') as remplacant_nom,
    array(select g.nom from adhesions_vivantes n join groupes g on g.id = n.groupe
        where n.agent = a.id and n.groupe <> m.groupe order by g.nom) as autres_groupes,
    a.deactivated_at is null and exists (select from adresses_refusees f where f.agent = a.id) as is_refusee
from adhesions m
join agents a on a.id = m.agent
left join absences b on b.adhesion = m.id
left join agents r on r.id = b.remplacant
where m.groupe = :groupe and (:agent::integer is null or a.id = :agent)
order by a.nom, a.prenom, a.id
limit :most
"""


async def list_membres(groupe: int) -> list[Membre]:
    """Every member of a groupe, deactivated accounts included, by name. The caller has checked the groupe."""
    rows = await database.fetch(MEMBRES, groupe=groupe, agent=None, most=MEMBRES_MAX)
    return [_membre_of(row) for row in rows]


PARTI = (
    "Cette personne n’est pas, ou n’est plus, membre du groupe\u00a0: elle l’a peut-être quitté entre-temps."
)


async def get_membre(groupe: int, agent: int) -> Membre:
    """One member. Raises Disparu."""
    rows = await database.fetch(MEMBRES, groupe=groupe, agent=agent, most=1)
    if not rows:
        raise Disparu(PARTI)
    return _membre_of(rows[0])


def filter_membres(
    membres: Sequence[Membre], *, texte: str = "", role: Role | None = None, etat: Etat | None = None
) -> list[Membre]:
    """The members a filter lets through. Without `etat`, every account that may sign in."""
    words = fold(texte).split()

    def is_kept(membre: Membre) -> bool:
        if etat is None and membre.etat is Etat.DESACTIVES:
            return False
        return (
            (etat is None or membre.etat is etat)
            and (role is None or role in membre.roles)
            and all(word in fold(f"{membre.nom_complet} {membre.fonction}") for word in words)
        )

    return [membre for membre in membres if is_kept(membre)]


def _membre_of(row: Any) -> Membre:
    facts = dict(row)
    roles = roles_of(facts.pop("is_aidant"), facts.pop("is_instructeur"), facts.pop("is_responsable"))
    debut, fin = facts.pop("debut_on"), facts.pop("fin_on")
    remplacant, remplacant_nom = facts.pop("remplacant"), facts.pop("remplacant_nom")
    return Membre(
        **{**facts, "autres_groupes": tuple(facts["autres_groupes"])},
        roles=roles,
        absence=Absence(debut, fin, remplacant, remplacant_nom) if debut else None,
    )


def roles_of(is_aidant: bool, is_instructeur: bool, is_responsable: bool) -> Roles:
    """The roles of a row of `adhesions`."""
    held = ((Role.AIDANT, is_aidant), (Role.INSTRUCTEUR, is_instructeur), (Role.RESPONSABLE, is_responsable))
    return frozenset(role for role, is_held in held if is_held)


# Everything the guards need to know of an account (regles/roles.py): what each membership holds, who else is there,
# how many open demandes await the groupe. Others are accounts that may sign in.
COMPTE = """
select a.id as agent, trim(a.prenom || ' ' || a.nom) as nom,
    a.is_administrateur or a.is_expert or exists (select from perimetres p where p.agent = a.id) as is_equipe,
    (select json_agg(json_build_object('groupe', m.groupe, 'nom', g.nom, 'aidant', m.is_aidant,
            'instructeur', m.is_instructeur, 'responsable', m.is_responsable,
            'autres_responsables', (select count(*) from membres_actifs o
                where o.groupe = m.groupe and o.is_responsable and o.agent <> a.id),
            'autres_instructeurs', (select count(*) from membres_actifs o
                where o.groupe = m.groupe and o.is_instructeur and o.agent <> a.id),
            'demandes', (select count(*) from sollicitations s where s.groupe = m.groupe and s.closed_at is null
                and is_part_ouverte(s.traitee_at, s.declinee_at))) order by g.nom)
     from adhesions_vivantes m join groupes g on g.id = m.groupe where m.agent = a.id) as postes
from agents a where a.id = :agent
"""


async def get_compte(agent: int) -> Compte:
    """What an account holds, for the guards. Raises Introuvable."""
    row = await database.fetch_one(COMPTE, agent=agent)
    if row is None:
        raise Introuvable
    postes = tuple(
        Poste(
            groupe=p["groupe"],
            nom=p["nom"],
            roles=roles_of(p["aidant"], p["instructeur"], p["responsable"]),
            autres_responsables=p["autres_responsables"],
            autres_instructeurs=p["autres_instructeurs"],
            demandes=p["demandes"],
        )
        for p in json.loads(row["postes"] or "[]")
    )
    return Compte(row["agent"], row["nom"], postes, row["is_equipe"])
