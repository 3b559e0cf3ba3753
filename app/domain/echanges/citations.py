"""Who a message cites: of those who may read it, the ones it names with « @ » (product §9)."""

from app import database
from app.domain.mots.citations import find_citations

# Whoever may read the message when it is written, and may sign in.
LECTEURS = """
select a.id as agent, trim(a.prenom || ' ' || a.nom) as nom
from places p join agents a on a.id = p.agent and a.deactivated_at is null
where p.demande = :demande and a.id <> :agent and (not :is_prive or p.lit_prives)
order by a.id
"""


async def list_cites(demande: int, texte: str, *, by: int, is_prive: bool) -> tuple[int, ...]:
    """The agents this message names, each once; nobody who could not read it."""
    if "@" not in texte:
        return ()
    rows = await database.fetch(LECTEURS, demande=demande, agent=by, is_prive=is_prive)
    found = find_citations(texte, {row["agent"]: row["nom"] for row in rows})
    return tuple(dict.fromkeys(citation.agent for citation in found))
