"""A fortnight told by the clock: who should be told, computed apart by counting hours, and who was told.

The oracle shares nothing with the code but the calendar and the table of choices: it walks the ticks of the clock and
asks of each whether a mail may leave then.
"""

import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from app import database
from app.domain.faits.courriels import COURRIELS, Pli, claim_courriels, post_courriels
from app.domain.faits.envois import mark_sent
from app.domain.faits.genres import Genre
from app.domain.notifications.depart import release_courriels
from app.domain.notifications.preferences import choose_prereglage
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.rythmes import Prereglage, Rythme
from tests.cast import CAST
from tests.factories import make_demande

TICK = timedelta(hours=1)
GENRES = (Genre.NOUVELLE_DEMANDE, Genre.INVITATION, Genre.ETAPE, Genre.MANDAT, Genre.SOUFFRANCE)
HEURES = {Rythme.DEUX_FOIS: (time(11), time(15)), Rythme.PAR_JOUR: (time(11),)}
#: Four calendars: Brittany, Alsace, Martinique, La Réunion.
DEPARTEMENTS = ("22", "67", "972", "974")

QUINZAINES = {
    "the bridge of 1 and 11 November": datetime(2026, 10, 30, tzinfo=UTC),
    "the spring change, and Easter": datetime(2026, 3, 20, tzinfo=UTC),
    "the autumn change": datetime(2026, 10, 16, tzinfo=UTC),
}

#: Who, when → how many times each demande is told.
GrandLivre = dict[tuple[str, datetime], Counter[int]]


@dataclass(frozen=True)
class Agent:
    """Somebody to tell."""

    id: int
    adresse: str
    prereglage: Prereglage
    calendrier: Calendrier


@dataclass
class Quinzaine:
    """What was due, and how many workers died while it left."""

    du: GrandLivre = field(default_factory=lambda: defaultdict(Counter))
    morts: int = 0


#: What workers do at this tick of the clock; returns how many of them died.
Travail = Callable[[datetime, random.Random], Awaitable[int]]


async def live(
    start: datetime, *, demandes: int, seed: int, days: int = 14, work: Travail | None = None
) -> Quinzaine:
    """Play a fortnight with two workers, which die now and then between a claim and its mark.

    `work`: other workers than those of this process (`bench/quinzaine.py`).
    """
    hasard, quinzaine = random.Random(seed), Quinzaine()
    equipes = {code: [agent async for agent in _people(code, start)] for code in DEPARTEMENTS}
    ticks = [start + n * TICK for n in range(days * 24 + 24 * 7)]
    acts = sorted(_instant(hasard, start, days) for _ in range(demandes * 3))
    numeros: list[tuple[int, str, bool]] = []
    for _ in range(demandes):
        code, is_urgent = hasard.choice(DEPARTEMENTS), hasard.random() < 0.2
        groupe = await _groupe(code)
        numero = await make_demande(
            start, groupes=[groupe], urgence="coupure" if is_urgent else None, departement=code
        )
        numeros.append((numero, code, is_urgent))
    for tick in ticks:
        while acts and acts[0] <= tick:
            at, demande = acts.pop(0), hasard.choice(numeros)
            for agent, genre in await _act(hasard, at, demande, equipes[demande[1]]):
                leaves = _leaves_at(at, agent, genre, is_urgent=demande[2], ticks=ticks)
                if leaves is not None:
                    quinzaine.du[agent.adresse, leaves][demande[0]] += 1
        quinzaine.morts += await (work or work_here)(tick, hasard)
    return quinzaine


async def work_here(tick: datetime, hasard: random.Random) -> int:
    """Two workers one after the other; how many died."""
    morts = 0
    for _ in range(2):
        await release_courriels(tick)
        while claimed := await claim_courriels(tick, 5):
            if hasard.random() < 0.05:
                morts += 1
                break
            for envoi in claimed:
                await mark_sent(COURRIELS, envoi, tick)
    return morts


LU = """
select c.adresse, c.due_at, coalesce(g.demande, c.demande) as demande, count(*) as nombre
from courriels c left join courriels g on g.groupe_dans = c.id
where c.groupe_dans is null and c.sent_at is not null group by 1, 2, 3
"""


async def read_left() -> GrandLivre:
    """What left: one entry per mail."""
    left: GrandLivre = defaultdict(Counter)
    for row in await database.fetch(LU):
        left[row["adresse"], row["due_at"]][row["demande"]] += row["nombre"]
    return left


async def _act(
    hasard: random.Random, at: datetime, demande: tuple[int, str, bool], equipe: list[Agent]
) -> list[tuple[Agent, Genre]]:
    """Something happens in this demande and is told to three people, each once."""
    numero, genre, told = demande[0], hasard.choice(GENRES), hasard.sample(equipe, k=3)
    plis = [Pli("message_envoye", agent.adresse, agent.id, genre=genre) for agent in told]
    await post_courriels(plis, demande=numero, contexte={"groupe": "CAF"}, now=at)
    return [(agent, genre) for agent in told]


def _leaves_at(
    at: datetime, agent: Agent, genre: Genre, *, is_urgent: bool, ticks: list[datetime]
) -> datetime | None:
    as_urgent = is_urgent and genre is Genre.NOUVELLE_DEMANDE
    rythme = (Genre.URGENTE if as_urgent else genre).rythme_of(agent.prereglage)
    return next((t for t in ticks if t >= at and _may_leave(t, at, rythme, agent, is_urgent=as_urgent)), None)


def _may_leave(tick: datetime, at: datetime, rythme: Rythme, agent: Agent, *, is_urgent: bool) -> bool:
    """Whether what happened at `at` may leave at this tick, said hour by hour."""
    if rythme is Rythme.JAMAIS:
        return False
    if rythme is Rythme.INSTANT:
        return is_urgent or _is_open(tick, agent)
    if not _is_open(tick, agent):
        return False
    hour = at
    while hour <= tick:
        local = hour.astimezone(agent.calendrier.zone)
        on_the_hour = local.replace(minute=0, second=0, microsecond=0)
        if on_the_hour >= at and _is_open(on_the_hour, agent) and on_the_hour.time() in HEURES[rythme]:
            return True
        hour = (hour + TICK).replace(minute=0, second=0, microsecond=0)
    return False


def _is_open(instant: datetime, agent: Agent) -> bool:
    local = instant.astimezone(agent.calendrier.zone)
    return 8 <= local.hour < 20 and agent.calendrier.is_jour_ouvre(local.date())


def _instant(hasard: random.Random, start: datetime, days: int) -> datetime:
    return start + timedelta(seconds=hasard.randrange(days * 86_400))


async def _groupe(code: str) -> int:
    row = await database.fetch_one("select id from groupes where nom = :nom", nom=f"CAF {code} bis")
    assert row is not None
    return int(row["id"])


async def _people(code: str, now: datetime) -> AsyncIterator[Agent]:
    """The instructeurs of one groupe of this département, each with a choice."""
    groupe = await database.fetch_one(
        "insert into groupes (nom, organisme, created_at) values (:nom, :organisme, :created_at) returning id",
        nom=f"CAF {code} bis",
        organisme=CAST.organismes["caf"],
        created_at=now,
    )
    lieu = await database.fetch_one(
        "select id, fuseau, calendrier from departements where code = :code", code=code
    )
    assert groupe is not None and lieu is not None
    for n in range(5):
        adresse = f"agent{n}-{code}@exemple.fr"
        row = await database.fetch_one(
            """
            insert into agents (email, prenom, nom, departement, created_at)
            values (:email, 'A', 'B', :departement, :created_at) returning id
            """,
            email=adresse,
            departement=lieu["id"],
            created_at=now,
        )
        assert row is not None
        await database.fetch(
            "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent, :groupe, true, :now)",
            agent=row["id"],
            groupe=groupe["id"],
            now=now,
        )
        prereglage = list(Prereglage)[n % 3]
        await choose_prereglage(row["id"], prereglage, now.astimezone(UTC))
        yield Agent(row["id"], adresse, prereglage, Calendrier(lieu["fuseau"], lieu["calendrier"]))
