"""Who is reachable where: département × organisme, for a pilote’s scope or everywhere (figures.md « couverture »)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app import database
from app.domain.figures.habituel import HABITUEL, RECUL, say_habituel
from app.domain.figures.perimetres import Choix, Noms
from app.domain.mots.dates import PARIS, day_in_paris
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import Droits, can_see_deployment, can_see_deployment_of, require

#: Where each département stands on the map in tiles: code and column; the order makes the rows. 0: overseas.
CASES = (
    "62.7 59.8 76.6 80.7 02.8 08.9 50.4 14.5 27.6 95.7 60.8 51.9 55.10 57.11 67.12 29.1 22.2 35.3 53.4 61.5 78.6 92.7 "
    "93.8 10.9 52.10 54.11 68.12 56.2 44.3 49.4 72.5 28.6 75.7 94.8 77.9 21.10 88.11 90.12 85.3 79.4 37.5 41.6 91.7 "
    "45.8 89.9 71.10 70.11 25.12 17.3 16.4 86.5 36.6 18.7 58.8 03.9 39.10 33.3 24.4 87.5 23.6 63.7 42.8 69.9 01.10 "
    "74.11 40.3 47.4 46.5 19.6 15.7 43.8 07.9 38.10 73.11 64.3 32.4 82.5 12.6 48.7 30.8 26.9 05.10 65.4 31.5 81.6 "
    "34.7 13.8 84.9 04.10 06.11 09.5 11.6 66.7 83.10 2B.12 971.0 972.0 973.0 974.0 976.0 2A.12"
)
ACTIF = timedelta(days=90)


@dataclass(frozen=True)
class Case:
    """A tile of the map: `niveau` 0 to 3, from nobody to nearly everyone."""

    code: str
    colonne: int
    niveau: int


@dataclass(frozen=True)
class RangeeDeploiement:
    """A département: active instructeurs by organisme, in the order of the columns."""

    id: int
    nom: str
    nombres: tuple[int, ...]
    total: int
    aidants: int


@dataclass(frozen=True)
class EquipeDeployee:
    """A groupe of the département looked at."""

    nom: str
    organisme: str
    instructeurs: int
    actifs: int
    seen_on: date | None
    habituel: str
    is_en_pause: bool

    @property
    def is_joignable(self) -> bool:
        """Somebody came lately, and it is not paused."""
        return self.actifs > 0 and not self.is_en_pause


@dataclass(frozen=True)
class Deploiement:
    """The whole page."""

    organismes: tuple[str, ...]
    rangees: tuple[RangeeDeploiement, ...]
    cases: tuple[Case, ...]
    manques: tuple[RangeeDeploiement, ...]
    equipes: tuple[EquipeDeployee, ...]
    departement: str
    choix_organismes: Choix
    choix_departements: Choix
    instructeurs: int
    aidants: int

    @property
    def couverts(self) -> int:
        """Départements where somebody answers for one organisme at least."""
        return sum(1 for rangee in self.rangees if any(rangee.nombres))


COUVERTURE = """
select c.departement, c.organisme, count(distinct c.agent) filter (where c.last_seen_at >= :depuis
    and not is_en_pause(c.pause_on, c.reprise_on, :jour))::int as actifs
from figure_couverture c join agents a on a.id = c.agent and a.created_at < :aube
group by c.departement, c.organisme
"""
AIDANTS = """
select c.departement, count(distinct f.agent)::int as aidants
from figure_agents_actifs f join couvertures c on c.groupe = f.groupe
join agents a on a.id = f.agent and a.created_at < :aube
where f.is_aidant and f.last_seen_at >= :depuis group by c.departement
"""
EQUIPES = """
select g.nom, g.organisme, o.sigle, count(v.agent)::int as instructeurs,
    count(v.agent) filter (where v.last_seen_at >= :actif)::int as actifs, max(v.last_seen_at) as seen_at,
    is_en_pause(g.pause_on, g.reprise_on, :jour) as is_en_pause,
    habituel.nombre, habituel.dixiemes
from groupes g join organismes o on o.id = g.organisme and not o.is_aidant
join couvertures c on c.groupe = g.id and c.departement = :departement
left join figure_couverture v on v.groupe = g.id and v.departement = c.departement
    and exists (select from agents a where a.id = v.agent and a.created_at < :aube)
cross join lateral (
"""
PAR_SIGLE = """) habituel
where g.deactivated_at is null
group by g.id, o.id, habituel.nombre, habituel.dixiemes order by o.sigle, g.nom
"""
DETAIL = "".join((EQUIPES, HABITUEL, PAR_SIGLE))


async def load_deploiement(
    droits: Droits,
    noms: Noms,
    *,
    organisme: int | None,
    departement: int | None,
    is_manques: bool,
    now: datetime,
) -> Deploiement:
    """What this reader may see of it. Raises Refus, Introuvable for what is outside the scope."""
    require(can_see_deployment(droits))
    paires: Sequence[tuple[int | None, int | None]] = (
        [(None, None)] if droits.is_administrateur else droits.perimetres
    )

    lieux = {d: nom for d, nom in noms.departements.items() if any(pd in (None, d) for _, pd in paires)}
    offered = {o: noms.organismes[o] for o in noms.organismes if o in noms.operateurs}
    offered = {o: nom for o, nom in offered.items() if any(po in (None, o) for po, _ in paires)}
    if (organisme is not None and organisme not in offered) or (
        departement is not None and departement not in lieux
    ):
        raise Introuvable
    jour = day_in_paris(now)
    # As of the day: an account made since this morning does not tell that somebody is there now.
    aube = datetime.combine(jour, time.min, PARIS)
    rows = await database.fetch(COUVERTURE, depuis=now - ACTIF, jour=jour, aube=aube)
    actifs = {(row["departement"], row["organisme"]): row["actifs"] for row in rows}
    aidants = {
        row["departement"]: row["aidants"]
        for row in await database.fetch(AIDANTS, depuis=now - ACTIF, aube=aube)
    }
    known = {o for d, o in actifs if d in lieux and can_see_deployment_of(droits, o, d)}
    columns = [o for o in offered if o in known and organisme in (None, o)]
    rangees = []
    for d, nom in lieux.items():
        counts = tuple(actifs.get((d, o), 0) if can_see_deployment_of(droits, o, d) else 0 for o in columns)
        rangees.append(RangeeDeploiement(d, nom, counts, sum(counts), aidants.get(d, 0)))
    manques = sorted((r for r in rangees if not r.total and r.aidants), key=lambda r: (-r.aidants, r.nom))
    equipes: tuple[EquipeDeployee, ...] = ()
    if departement is not None:
        found = await database.fetch(
            DETAIL, departement=departement, actif=now - ACTIF, depuis=now - RECUL, jour=jour, aube=aube
        )
        equipes = tuple(
            EquipeDeployee(
                row["nom"],
                row["sigle"],
                row["instructeurs"],
                row["actifs"],
                row["seen_at"].astimezone(PARIS).date() if row["seen_at"] else None,
                say_habituel(row["nombre"], row["dixiemes"]),
                is_en_pause=row["is_en_pause"],
            )
            for row in found
            if can_see_deployment_of(droits, row["organisme"], departement)
            and organisme in (None, row["organisme"])
        )
    return Deploiement(
        organismes=tuple(offered[o] for o in columns),
        rangees=tuple(r for r in rangees if not is_manques or 0 in r.nombres or not columns),
        cases=_tiles(rangees, len(columns)),
        manques=tuple(manques[:6]),
        equipes=equipes,
        departement=lieux[departement] if departement is not None else "",
        choix_organismes=tuple(offered.items()),
        choix_departements=tuple(lieux.items()),
        instructeurs=sum(r.total for r in rangees),
        aidants=sum(r.aidants for r in rangees),
    )


def level_of(nombres: Sequence[int], columns: int) -> int:
    """0 nobody, 1 up to a third of the organismes, 2 up to nearly all, 3 all but one at most."""
    present = sum(1 for nombre in nombres if nombre)
    if not present:
        return 0
    if present >= columns - 1:
        return 3
    return 1 if present * 3 <= columns else 2


def _tiles(rangees: Sequence[RangeeDeploiement], columns: int) -> tuple[Case, ...]:
    by_code = {rangee.nom.split(" – ")[0]: rangee for rangee in rangees}
    tiles = []
    for place in CASES.split():
        code, colonne = place.split(".")
        rangee = by_code.get(code)
        if rangee is not None:
            tiles.append(Case(code, int(colonne), level_of(rangee.nombres, columns)))
    return tuple(tiles)
