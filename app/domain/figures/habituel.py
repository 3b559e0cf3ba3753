"""The usual first-answer delay of a groupe, as aidants read it when they choose whom to ask (figures.md)."""

from datetime import timedelta

RECUL = timedelta(days=90)
MINIMUM = 10  # answers under which a median says nothing

#: To be read beside a groupe `g`, with `:depuis`, an instant: how many answered, their median in tenths of a day.
HABITUEL = """
select count(*) as nombre, percentile_disc(0.5) within group (order by p.dixiemes) as dixiemes
from figure_premieres_reponses p
where p.groupe = g.id and p.jour >= (:depuis)::date - 1 and p.solicited_at >= :depuis and p.dixiemes is not null
"""


def say_habituel(nombre: int, dixiemes: int | None) -> str:
    """« dans la journée », « en 2 jours ouvrés »; nothing under ten answers. A day begun is promised whole."""
    if nombre < MINIMUM or dixiemes is None:
        return ""
    jours = -(-dixiemes // 10)
    if dixiemes < 10:
        return "dans la journée"
    return "en 1 jour ouvré" if jours == 1 else f"en {jours} jours ouvrés"
