"""The territories one may choose from."""

from dataclasses import dataclass

from app import tables


@dataclass(frozen=True)
class TerritoireConnu:
    """A territory, by its official code."""

    id: int
    code: str
    nom: str


async def list_departements() -> list[TerritoireConnu]:
    """Every département and collectivité d’outre-mer, by code."""
    table = tables.Departements
    rows = await table.select(table.id, table.code, table.nom).order_by(table.code)
    return [TerritoireConnu(row["id"], row["code"], row["nom"]) for row in rows]
