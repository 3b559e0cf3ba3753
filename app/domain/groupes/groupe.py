"""One groupe as its pages show it, and the list of those an agent may open (product §3)."""

from dataclasses import dataclass
from datetime import date

from app import database
from app.domain.acces.sessions import Signed
from app.domain.mots.folding import fold
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import Droits, can_see_groupe


@dataclass(frozen=True)
class Pause:
    """From `debut_on` until `reprise_on`, that day excluded, a groupe takes no new demande; `message` says why."""

    debut_on: date
    reprise_on: date
    message: str

    def is_on(self, jour: date) -> bool:
        """The groupe is paused that day."""
        return self.debut_on <= jour < self.reprise_on


@dataclass(frozen=True)
class Groupe:
    """A team. Counts are of accounts that may sign in. `aidants_acceptes`: organismes; empty means all."""

    id: int
    nom: str
    organisme: str
    organisme_nom: str
    is_aidant: bool
    territoire: str
    description: str
    bal: str
    pause: Pause | None
    aidants_acceptes: tuple[str, ...]
    is_active: bool
    membres: int
    instructeurs: int
    responsables: int


FACTS = """
select g.id, g.nom, o.code as organisme, o.nom as organisme_nom, o.is_aidant, g.description, coalesce(g.bal, '') as bal,
    g.pause_on, g.reprise_on, g.pause_message, g.aidants_acceptes, g.deactivated_at is null as is_active,
    (select coalesce(string_agg(d.nom, ', ' order by d.code), '')
     from couvertures c join departements d on d.id = c.departement where c.groupe = g.id) as territoire,
    e.membres, e.instructeurs, e.responsables
from groupes g
join organismes o on o.id = g.organisme
cross join lateral (
    select count(*) as membres, count(*) filter (where m.is_instructeur) as instructeurs,
        count(*) filter (where m.is_responsable) as responsables
    from membres_actifs m where m.groupe = g.id) e
"""
ONE = f"{FACTS} where g.id = :groupe"
OWN = f"{FACTS} where g.id = any(:groupes) order by g.nom"
EVERY = f"{FACTS} order by g.nom"


async def get_groupe(droits: Droits, groupe: int) -> Groupe:
    """The groupe, for its members and the administrateurs. Raises Introuvable to everyone else."""
    if not can_see_groupe(droits, groupe):
        raise Introuvable
    row = await database.fetch_one(ONE, groupe=groupe)
    if row is None:
        raise Introuvable
    return _groupe_of(row)


CODES = """
select d.code from couvertures c join departements d on d.id = c.departement where c.groupe = :groupe order by d.code
"""


async def list_codes_couverts(groupe: int) -> list[str]:
    """The codes of the départements this groupe works for. The caller has checked the groupe."""
    return [row["code"] for row in await database.fetch(CODES, groupe=groupe)]


async def list_groupes(signed: Signed, texte: str = "") -> list[Groupe]:
    """The groupes this agent belongs to, and every one for an administrateur, by name; `texte` looks in name,
    organisme and territoire.
    """
    if signed.droits.is_administrateur:
        rows = await database.fetch(EVERY)
    else:
        rows = await database.fetch(OWN, groupes=list(signed.droits.groupes))
    words = fold(texte).split()
    found = [_groupe_of(row) for row in rows]
    return [
        g for g in found if all(word in fold(f"{g.nom} {g.organisme_nom} {g.territoire}") for word in words)
    ]


def _groupe_of(row: object) -> Groupe:
    facts = dict(row)  # type: ignore[call-overload]
    debut, reprise, message = facts.pop("pause_on"), facts.pop("reprise_on"), facts.pop("pause_message")
    return Groupe(
        **{**facts, "aidants_acceptes": tuple(facts["aidants_acceptes"])},
        pause=Pause(debut, reprise, message) if debut else None,
    )
