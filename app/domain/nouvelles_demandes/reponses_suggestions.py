"""The sujet suggested on the form of a new demande, and what becomes of it (product §5.2). It is never imposed."""

from app import database
from app.domain.faits.scellement import empreinte
from app.domain.nouvelles_demandes.cadre import Cadre
from app.domain.nouvelles_demandes.saisie import Saisie
from app.domain.nouvelles_demandes.suggestion import Suggestion, suggest_sujet

# Whoever answers a hundred times counts once for each of the two answers: nobody silences a sujet for all alone.
COUNT = """
with neuve as (
    insert into voix_suggestions (empreinte, sujet) values (:voix, :sujet) on conflict do nothing returning sujet
)
insert into reponses_suggestions (sujet, retenues, refusees) select sujet, :retenue, :refusee from neuve
on conflict (sujet) do update set retenues = reponses_suggestions.retenues + excluded.retenues,
    refusees = reponses_suggestions.refusees + excluded.refusees
"""


def suggest_for(saisie: Saisie, cadre: Cadre) -> Suggestion | None:
    """While no sujet is chosen in the mode guidé; nothing to who chooses the organismes by hand."""
    if not saisie.is_guide or saisie.sujet is not None:
        return None
    return suggest_sujet(f"{saisie.titre}\n{saisie.recit}", cadre.connus, saisie.sujets_ecartes)


async def count_answer(agent: int, saisie: Saisie, cadre: Cadre, sujet: int, is_followed: bool) -> None:
    """One more agent who follows or refuses this suggestion, when the text does suggest it; what is kept of them is a
    keyed fingerprint, and nothing of when.
    """
    shown = suggest_sujet(
        f"{saisie.titre}\n{saisie.recit}", cadre.connus, set(saisie.sujets_ecartes) - {sujet}
    )
    if shown is not None and shown.sujet == sujet:
        await database.fetch(
            COUNT,
            voix=empreinte("suggestion", str(agent), str(sujet), str(is_followed)),
            sujet=sujet,
            retenue=int(is_followed),
            refusee=int(not is_followed),
        )
