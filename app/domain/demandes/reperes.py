"""The folded words a demande is found by, and the sweep that gives them to the demandes of former versions."""

from app import database
from app.domain.mots.folding import fold

LOT, LOTS_MAX = 100, 100

A_REPERER = """
select numero, titre, usager_prenom, usager_nom, description from demandes
where not is_repere_entier and erased_at is null
order by numero limit :lot for no key update skip locked
"""
REPERER = """
update demandes d set repere = lot.repere, is_repere_entier = true
from unnest(:numeros::bigint[], :reperes::text[]) as lot(numero, repere) where d.numero = lot.numero
"""


def fold_demande(titre: str, prenom: str, nom: str, description: str) -> str:
    """What search reads of a demande, beside its number."""
    return fold(f"{titre} {prenom} {nom} {description}")


async def complete_reperes() -> int:
    """Fold what was sent before search covered descriptions; how many were. Safe to kill, to run twice and at once.

    A run is bounded, and the next one goes on. A demande held by somebody, who may be erasing it, is left for later.
    """
    done = 0
    for _ in range(LOTS_MAX):
        async with database.transaction():
            rows = await database.fetch(A_REPERER, lot=LOT)
            reperes = [
                f"{row['numero']} "
                + fold_demande(row["titre"], row["usager_prenom"], row["usager_nom"], row["description"])
                for row in rows
            ]
            await database.fetch(REPERER, numeros=[row["numero"] for row in rows], reperes=reperes)
        done += len(rows)
        if len(rows) < LOT:
            break
    return done
