"""The conditions as the A+ team changes them: a text, its day, what changes; none is changed after."""

from dataclasses import dataclass
from datetime import date, datetime

from app import database
from app.domain.acces.conditions import shipped_conditions, split_blocs
from app.domain.acces.sessions import Signed
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.dates import day_in_paris
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_administer, require
from app.verrous import Verrou

TEXTE_MAX, CHANGEMENTS_MAX = 50_000, 2_000
VERSIONS_MAX = 100
ENTRE_TEMPS = (
    "Un collègue a publié d’autres conditions entre-temps\u00a0: relisez les siennes, puis recommencez."
)


@dataclass(frozen=True)
class VersionConditions:
    """A version as it was published; the shipped one has no author."""

    version: str
    texte: str
    changements: str
    agent: str
    published_at: datetime | None


@dataclass(frozen=True)
class ConditionsSaisies:
    """A version as typed."""

    texte: str
    changements: str
    applies_on: date | None


LIST = """
select c.version, c.texte, c.changements, coalesce(trim(a.prenom || ' ' || a.nom), '') as agent, c.published_at
from conditions c left join agents a on a.id = c.published_by
order by c.version desc limit :most
"""
INSERT = """
insert into conditions (version, applies_on, texte, changements, published_by, published_at)
values (:version, :applies_on, :texte, :changements, :agent, :now)
"""


async def list_conditions(signed: Signed) -> list[VersionConditions]:
    """Every version, the last first; the one the project ships ends the list. Raises Refus."""
    require(can_administer(signed.droits))
    rows = await database.fetch(LIST, most=VERSIONS_MAX)
    shipped = shipped_conditions()
    return [
        *(VersionConditions(**dict(row)) for row in rows),
        VersionConditions(shipped.version, shipped.texte, "", "", None),
    ]


def find_erreurs(saisies: ConditionsSaisies, last: VersionConditions, now: datetime) -> dict[str, str]:
    """What must be corrected, by field."""
    erreurs = {}
    day = saisies.applies_on
    if not split_blocs(saisies.texte) or len(saisies.texte) > TEXTE_MAX:
        erreurs["texte"] = f"Écrivez les conditions, en {TEXTE_MAX} caractères au plus."
    elif saisies.texte.strip() == last.texte.strip():
        erreurs["texte"] = "Ce texte est déjà celui de la dernière version."
    if not saisies.changements or len(saisies.changements) > CHANGEMENTS_MAX:
        erreurs["changements"] = f"Dites ce qui change, en {CHANGEMENTS_MAX} caractères au plus."
    if day is None:
        erreurs["applies_on"] = "Indiquez le jour, par exemple 01/12/2026."
    elif day < day_in_paris(now):
        erreurs["applies_on"] = "Ce jour est déjà passé."
    elif day.isoformat() <= last.version:
        erreurs["applies_on"] = (
            "Une autre version s’applique ce jour-là, ou après\u00a0: choisissez un jour plus tard."
        )
    return erreurs


async def publish_conditions(signed: Signed, saisies: ConditionsSaisies, *, vu: str, now: datetime) -> None:
    """From its day on, each agent accepts it at their next page. `vu` is the last version that its page had seen.

    Raises Refus, Invalide, Conflit when a colleague was first.
    """
    require(can_administer(signed.droits))
    async with database.transaction():
        # Of two at once, the second is told.
        await database.fetch("select pg_advisory_xact_lock(:lock)", lock=Verrou.CONDITIONS)
        last = (await list_conditions(signed))[0]
        if vu != last.version:
            raise Conflit(ENTRE_TEMPS)
        if erreurs := find_erreurs(saisies, last, now):
            raise Invalide(erreurs)
        assert saisies.applies_on is not None
        version = saisies.applies_on.isoformat()
        await database.fetch(INSERT, version=version, agent=signed.droits.agent, now=now, **vars(saisies))
        details = {"version": version}
        await happened(Fait.CONDITIONS_PUBLIEES, agent=signed.droits.agent, details=details, now=now)
