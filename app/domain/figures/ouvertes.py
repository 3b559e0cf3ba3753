"""Open data: published months by département and organisme, with stable columns (figures.md « Open data »)."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

from app import database
from app.domain.figures.nombres import MASQUE
from app.domain.figures.suppression import SEUIL_MESURES

VERSION = "1.0"
#: Rows that are written together.
PIECE = 100
LICENCE = "Licence Ouverte 2.0"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
#: Column and meaning; a new version may add some at the end, never moves nor renames one.
COLONNES = (
    ("mois", "AAAA-MM, le mois de la sollicitation, là où vit l’usager"),
    ("departement", "code du département de l’usager"),
    ("organisme", "sigle de l’organisme sollicité"),
    ("envoyees", "sollicitations envoyées"),
    ("traitees", "dont traitées au jour de la publication"),
    ("declinees", "dont déclinées au jour de la publication"),
    ("premiere_reponse_mediane", "médiane en jours ouvrés de 24 heures ; vide sous 10 réponses"),
    ("dans_le_delai", "part en pourcents répondue en 3 jours ouvrés ; vide sous 10 sollicitations"),
    ("satisfaction_oui", "réponses « oui » à la clôture, pendant le mois"),
    ("satisfaction_en_partie", "réponses « en partie »"),
    ("satisfaction_non", "réponses « non »"),
)
LIRE = """
select p.mois, d.code as departement, o.sigle as organisme, p.envoyees, p.traitees, p.declinees, p.mediane,
    p.dans_delai, p.satisfaits, p.mitiges, p.mecontents
from publications p join departements d on d.id = p.departement join organismes o on o.id = p.organisme
where (p.envoyees is distinct from 0 or p.satisfaits is distinct from 0 or p.mitiges is distinct from 0
        or p.mecontents is distinct from 0)
    and (:organisme::int is null or p.organisme = :organisme)
    and (:departement::int is null or p.departement = :departement)
    and p.mois between :debut and :fin
order by p.mois, d.code, o.sigle
"""


async def stream_rows(
    debut: date = date(2000, 1, 1),
    fin: date = date(2100, 1, 1),
    *,
    organisme: int | None = None,
    departement: int | None = None,
) -> AsyncIterator[dict[str, Any]]:
    """The rows in order, each count a number, or None when it is hidden."""
    async for row in database.stream(
        LIRE, organisme=organisme, departement=departement, debut=debut, fin=fin
    ):
        sent, in_time = row["envoyees"], row["dans_delai"]
        is_enough = sent is not None and sent >= SEUIL_MESURES and in_time is not None
        yield {
            "mois": f"{row['mois']:%Y-%m}",
            "departement": row["departement"],
            "organisme": row["organisme"],
            "envoyees": sent,
            "traitees": row["traitees"],
            "declinees": row["declinees"],
            "premiere_reponse_mediane": None if row["mediane"] is None else row["mediane"] / 10,
            "dans_le_delai": round(100 * in_time / sent) if is_enough else None,
            "satisfaction_oui": row["satisfaits"],
            "satisfaction_en_partie": row["mitiges"],
            "satisfaction_non": row["mecontents"],
        }


async def write_json(head: Mapping[str, Any], rows: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    """A document of these members, then of the rows as `lignes`, in pieces: years of them are never held at once."""
    pieces, comma = [json.dumps(head, ensure_ascii=False)[:-1] + ', "lignes": ['], ""
    async for row in rows:
        pieces.append(comma + json.dumps(row, ensure_ascii=False))
        comma = ",\n"
        if len(pieces) == PIECE:
            yield "".join(pieces).encode()
            pieces = []
    yield ("".join(pieces) + "]}").encode()


async def find_published_on() -> date | None:
    """The day of the publication."""
    row = await database.fetch_one("select max(published_on) as jour from publications")
    return row["jour"] if row else None


COUNTS = frozenset(
    ("envoyees", "traitees", "declinees", "satisfaction_oui", "satisfaction_en_partie", "satisfaction_non")
)


def say(colonne: str, value: Any) -> Any:
    """For a sheet: a hidden count is a word, so that nobody reads it as 0; a median or a share may be empty."""
    return MASQUE if value is None and colonne in COUNTS else value
