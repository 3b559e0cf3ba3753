"""The sujet suggested on the form of a new demande, and what becomes of it (product §5.2). It is never imposed."""

from app import database
from app.domain.nouvelles_demandes.cadre import Cadre
from app.domain.nouvelles_demandes.saisie import Saisie
from app.domain.nouvelles_demandes.suggestion import Suggestion, suggest_sujet

COUNT = """
insert into reponses_suggestions (sujet, retenues, refusees) values (:sujet, :retenue, :refusee)
on conflict (sujet) do update set retenues = reponses_suggestions.retenues + excluded.retenues,
    refusees = reponses_suggestions.refusees + excluded.refusees
"""


def suggest_for(saisie: Saisie, cadre: Cadre) -> Suggestion | None:
    """While no sujet is chosen in the mode guidé; nothing to who chooses the organismes by hand."""
    if not saisie.is_guide or saisie.sujet is not None:
        return None
    return suggest_sujet(f"{saisie.titre}\n{saisie.recit}", cadre.connus, saisie.sujets_ecartes)


async def count_answer(saisie: Saisie, cadre: Cadre, sujet: int, is_followed: bool) -> None:
    """One more use or refusal of this suggestion, when the text does suggest it; of who or when, nothing is kept."""
    shown = suggest_sujet(
        f"{saisie.titre}\n{saisie.recit}", cadre.connus, set(saisie.sujets_ecartes) - {sujet}
    )
    if shown is not None and shown.sujet == sujet:
        await database.fetch(COUNT, sujet=sujet, retenue=int(is_followed), refusee=int(not is_followed))
