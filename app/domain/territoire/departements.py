"""The territories one may choose from."""

from dataclasses import dataclass

from app import database


@dataclass(frozen=True)
class Departement:
    """A territory, by its official code."""

    id: int
    code: str
    nom: str


async def list_departements() -> list[Departement]:
    """Every département and collectivité d’outre-mer, by code."""
    rows = await database.fetch("select id, code, nom from departements order by code")
    return [Departement(row["id"], row["code"], row["nom"]) for row in rows]
