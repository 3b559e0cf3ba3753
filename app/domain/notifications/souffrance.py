"""The ladder of a late part: its groupe, its responsables a working day later, then the experts (product §9).

Each rung is climbed once per lateness, and never for a part that answered meanwhile. A rung waits for the one before to
be told: after days without a worker nobody is told three times at once. When the aidant side owes the answer, it is
told once, and nobody climbs higher.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import database
from app.domain.demandes.demande import lock_demande
from app.domain.echanges.invitations import INVITE
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse
from app.domain.regles.errors import Conflit
from app.domain.regles.places import Qualite
from app.domain.regles.statuts import Tour
from app.settings import get_settings

BATCH = 200
RUNGS = (Fait.EN_SOUFFRANCE, Fait.RESPONSABLES_PREVENUS, Fait.EXPERTS_SAISIS)

# One late part, with the last rung of this very lateness.
LATE = """
select s.id, s.demande, s.groupe, s.late_at, g.nom, g.bal, p.fuseau, p.calendrier,
    tour_part(s.traitee_at, s.declinee_at, s.replied_at, d.last_aidant_at) as tour,
    coalesce(e.rang, 0) as rang, e.told_at
from sollicitations s
join demandes d on d.numero = s.demande and d.closed_at is null
join departements p on p.id = d.departement
join groupes g on g.id = s.groupe
left join lateral (select x.rang, x.told_at from escalades x
    where x.sollicitation = s.id and x.late_at = s.late_at order by x.rang desc limit 1) e on true
where s.late_at < :now and is_part_ouverte(s.traitee_at, s.declinee_at) and coalesce(e.rang, 0) < 3
"""
ALL = LATE + " and s.id > :after order by s.id limit :most"
ONE = LATE + " and s.id = :part"
CLIMB = """
insert into escalades (sollicitation, late_at, rang, told_at) values (:part, :late_at, :rang, :now)
on conflict do nothing returning id
"""
SAY = """
insert into messages (demande, cle, cote, nature, is_prive, groupes_invites, sent_at)
values (:demande, gen_random_uuid(), 'plateforme', :nature, :is_prive, array[:groupe::int], :now)
"""
EQUIPE = """
select a.id as agent, a.email as adresse from membres_actifs m join agents a on a.id = m.agent
where m.groupe = :groupe and case when :responsables then m.is_responsable else m.is_instructeur end order by a.id
"""
EXPERTS = (
    "select id as agent, email as adresse from agents where is_expert and deactivated_at is null order by id"
)
AIDANTS = """
select a.id as agent, a.email as adresse from cote_aidant c join agents a on a.id = c.agent
where c.demande = :demande and a.deactivated_at is null order by a.id
"""


@dataclass(frozen=True)
class Retardataire:
    """A late part and the rung it has come to."""

    part: int
    demande: int
    groupe: int
    nom: str
    bal: str | None
    late_at: datetime
    tour: Tour
    rang: int
    due_at: datetime

    @property
    def is_aidant_owing(self) -> bool:
        """Whether the aidant side is late, and not the groupe."""
        return self.tour is Tour.AIDANT


async def climb(now: datetime) -> int:
    """Climb every rung that is due; how many. Safe to run twice, and in two workers at once."""
    climbed, after = 0, 0
    while rows := await database.fetch(ALL, now=now, after=after, most=BATCH):
        after = rows[-1]["id"]
        for late in map(_late, rows):
            if _is_due(late, now):
                climbed += await _climb_one(late.part, now)
    return climbed


def _late(row: Any) -> Retardataire:
    calendrier = Calendrier(row["fuseau"], row["calendrier"])
    days = (0, 1, get_settings().experts_after_days)[row["rang"]]
    return Retardataire(
        part=row["id"],
        demande=row["demande"],
        groupe=row["groupe"],
        nom=row["nom"],
        bal=row["bal"],
        late_at=row["late_at"],
        tour=Tour(row["tour"]),
        rang=row["rang"] + 1,
        due_at=echeance_premiere_reponse(row["told_at"], calendrier, days) if row["rang"] else row["late_at"],
    )


def _is_due(late: Retardataire, now: datetime) -> bool:
    return now >= late.due_at and not (late.is_aidant_owing and late.rang > 1)


async def _climb_one(part: int, now: datetime) -> bool:
    """Under the lock of the demande the part is read again: it may have answered, or been climbed, meanwhile."""
    async with database.transaction():
        row = await database.fetch_one(ONE, now=now, part=part)
        if row is None:
            return False
        try:
            await lock_demande(row["demande"])
        except Conflit:
            return False
        row = await database.fetch_one(ONE, now=now, part=part)
        late = _late(row) if row is not None else None
        if late is None or not _is_due(late, now):
            return False
        if not await database.fetch(CLIMB, part=part, late_at=late.late_at, rang=late.rang, now=now):
            return False
        await _tell(late, now)
    return True


async def _tell(late: Retardataire, now: datetime) -> None:
    if late.is_aidant_owing:
        people = await database.fetch(AIDANTS, demande=late.demande)
        await _post(Fait.AIDANT_ATTENDU, late, people, now)
        return
    fait = RUNGS[late.rang - 1]
    if fait is Fait.EXPERTS_SAISIS:
        people = await database.fetch(EXPERTS)
        await _invite_experts(late, [row["agent"] for row in people], now)
    else:
        is_for_responsables = fait is Fait.RESPONSABLES_PREVENUS
        people = await database.fetch(EQUIPE, groupe=late.groupe, responsables=is_for_responsables)
    bal = [{"agent": None, "adresse": late.bal}] if late.bal and fait is Fait.EN_SOUFFRANCE else []
    if not people and not bal:
        # Nobody is told: the next rung comes in its turn, and the thread says nothing that is not true.
        return
    await _post(fait, late, [*people, *bal], now)
    assert fait.fiche.fil is not None
    await database.fetch(
        SAY,
        demande=late.demande,
        nature=fait.fiche.fil.nature.value,
        is_prive=fait is not Fait.EXPERTS_SAISIS,
        groupe=late.groupe,
        now=now,
    )


async def _post(fait: Fait, late: Retardataire, people: Sequence[Any], now: datetime) -> None:
    plis = [Pli(fait.courriel, who["adresse"], who["agent"], genre=fait.fiche.genre) for who in people]
    await post_courriels(plis, demande=late.demande, contexte={"groupe": late.nom}, now=now)
    details = {"agents": [who["agent"] for who in people if who["agent"]], "rang": late.rang}
    await happened(fait, demande=late.demande, groupe=late.groupe, details=details, now=now)


async def _invite_experts(late: Retardataire, experts: list[int], now: datetime) -> None:
    await database.fetch(
        INVITE,
        demande=late.demande,
        agents=experts,
        qualites=[Qualite.EXPERT.value] * len(experts),
        by=None,
        now=now,
    )
