"""Who has a demande on screen now, reading or writing: no lock, no content, forgotten after a minute (product §7)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.mots.personnes import shorten_name
from app.domain.regles.permissions import can_read_demande, can_read_prives, is_on_aidant_side, require

DUREE = timedelta(minutes=1)

# Two windows of one agent, or an impatient one, write once.
COME = """
insert into presences as r (demande, agent, is_aidant, seen_at) values (:demande, :agent, :is_aidant, :now)
on conflict (demande, agent) do update set seen_at = excluded.seen_at, is_aidant = excluded.is_aidant
where r.seen_at < excluded.seen_at - interval '15 seconds'
"""

# The others who are on the demande `d.numero`, for a reader `:agent` who may read private messages (`p.lit_prives`).
# Who writes is read from the draft itself, so that typing costs nothing more and ends with it. Whether an answer will
# be private is known once it is sent: the aidant side is never told that the other side writes, only that it reads.
# Rights were read when they came, a minute ago at most: whoever leaves the demande stays that long.
PRESENTES = """
(select array_agg(row(
        a.prenom, a.nom,
        (p.lit_prives or r.is_aidant) and exists (
            select from brouillons b
            where b.agent = r.agent and b.demande = r.demande and b.part_at is null and b.retenue = ''
                and b.updated_at > :depuis_minute::timestamptz)
    ) order by a.nom, a.prenom, a.id)
 from presences r join agents a on a.id = r.agent and a.deactivated_at is null
 where r.demande = d.numero and r.agent <> :agent and r.seen_at > :depuis_minute) as presentes
"""
#: The same for one demande, beside what is asked of it.
ICI = "".join(
    (
        "select ",
        PRESENTES,
        "from (select :demande::bigint as numero) d cross join (select :lit_prives::boolean as lit_prives) p",
    )
)
COME_AND_LOOK = "".join(("with visite as (", COME, ") ", ICI))


@dataclass(frozen=True)
class PersonnePresente:
    """Somebody else who has the demande on screen."""

    prenom: str
    famille: str
    is_ecriture: bool

    @property
    def nom(self) -> str:
        """« Idir Hamel »."""
        return f"{self.prenom} {self.famille}".strip()

    @property
    def nom_court(self) -> str:
        """« Idir H. »."""
        return shorten_name(self.prenom, self.famille)


def presentes_of(rows: list[tuple[str, str, bool]] | None) -> tuple[PersonnePresente, ...]:
    """What `PRESENTES` gave."""
    return tuple(PersonnePresente(*row) for row in rows or ())


def since(now: datetime) -> datetime:
    """Who was last seen before that is not there any more."""
    return now - DUREE


async def come(signed: Signed, demande: Demande, now: datetime) -> tuple[PersonnePresente, ...]:
    """This agent still has the demande on screen; who else has. A base that takes no write tells of nobody.

    Raises Refus to whoever may not read the demande: they are not there for anybody.
    """
    droits, parties = signed.droits, demande.parties
    require(can_read_demande(droits, parties))
    with suppress(database.LectureSeule):
        row = await database.fetch_one(
            COME_AND_LOOK,
            demande=demande.numero,
            agent=droits.agent,
            is_aidant=is_on_aidant_side(droits, parties),
            lit_prives=can_read_prives(droits, parties),
            depuis_minute=since(now),
            now=now,
        )
        assert row is not None
        return presentes_of(row["presentes"])
    return ()


#: Beyond that many names, they are counted.
NOMS_MAX = 3


def say_presentes(noms: Sequence[str], verbe: str, verbe_pluriel: str) -> str:
    """« Inès Morvan et Idir Hamel écrivent »; empty when there is nobody."""
    if len(noms) > NOMS_MAX:
        return f"{len(noms)} personnes {verbe_pluriel}"
    if len(noms) < 2:
        return "".join(f"{nom} {verbe}" for nom in noms)
    return f"{', '.join(noms[:-1])} et {noms[-1]} {verbe_pluriel}"
