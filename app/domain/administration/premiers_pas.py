"""What a new platform lacks before an aidant may send a demande to somebody who answers."""

from dataclasses import dataclass

from app import database
from app.domain.acces.sessions import Signed
from app.domain.regles.permissions import can_administer, require


@dataclass(frozen=True)
class PremiersPas:
    """What is there: groupes that ask and that answer, somebody active in each, a second administrateur."""

    has_aidants: bool
    has_operateurs: bool
    has_aidant: bool
    has_instructeur: bool
    is_seul: bool

    @property
    def is_fini(self) -> bool:
        """A first demande may leave and be answered."""
        return self.has_aidants and self.has_operateurs and self.has_aidant and self.has_instructeur


# Each stops at the first row it finds.
PRESENT = """
select
    exists (select from groupes g join organismes o on o.id = g.organisme
        where g.deactivated_at is null and o.is_aidant) as has_aidants,
    exists (select from groupes g join organismes o on o.id = g.organisme
        where g.deactivated_at is null and not o.is_aidant) as has_operateurs,
    exists (select from membres_actifs m join groupes g on g.id = m.groupe
        where g.deactivated_at is null and m.is_aidant) as has_aidant,
    exists (select from membres_actifs m join groupes g on g.id = m.groupe
        where g.deactivated_at is null and m.is_instructeur) as has_instructeur,
    (select count(*) from agents where is_administrateur and deactivated_at is null) < 2 as is_seul
"""


async def read_premiers_pas(signed: Signed) -> PremiersPas:
    """How far this platform is. Raises Refus."""
    require(can_administer(signed.droits))
    [row] = await database.fetch(PRESENT)
    return PremiersPas(**dict(row))
