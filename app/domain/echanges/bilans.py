"""What became of the demandes of a list that a form acted on: said on the list, as long as undoing is kept."""

from dataclasses import dataclass
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.echanges.gestes import GESTES_MAX, GesteListe


@dataclass(frozen=True)
class BilanListe:
    """What became of the demandes of a form: `faites` may be undone; `restees` were not done or undone, with why."""

    acte: GesteListe
    lot: UUID
    faites: tuple[int, ...]
    annulees: tuple[int, ...]
    restees: tuple[tuple[int, str], ...]


LOT = """
select numero, acte, refus, undone_at is not null as is_undone from gestes_listes
where lot = :lot and agent = :agent order by id limit :most
"""


async def find_bilan(signed: Signed, lot: UUID | None) -> BilanListe | None:
    """What a form of this agent did; None for one of nobody’s, or too old."""
    if lot is None:
        return None
    rows = await database.fetch(LOT, lot=lot, agent=signed.droits.agent, most=GESTES_MAX)
    if not rows:
        return None
    return BilanListe(
        acte=GesteListe(rows[0]["acte"]),
        lot=lot,
        faites=tuple(row["numero"] for row in rows if not (row["is_undone"] or row["refus"])),
        annulees=tuple(row["numero"] for row in rows if row["is_undone"]),
        restees=tuple((row["numero"], row["refus"]) for row in rows if row["refus"]),
    )
