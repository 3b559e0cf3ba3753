"""The national figures on the public home: computed once a morning for every visitor, kept in memory by the day."""

from datetime import date, datetime, timedelta

from app.domain.figures.ouvertes import find_published_on
from app.domain.figures.perimetres import Demandee, choose_perimetre, load_noms
from app.domain.figures.periodes import read_periode
from app.domain.figures.statistiques import Statistiques, Tuile, build_statistiques
from app.domain.mots.dates import day_in_paris

ESSENTIEL = ("demandes envoyées", "première réponse, médiane", "traitées", "en souffrance ce matin")
_kept: dict[date, tuple[tuple[Tuile, ...], str]] = {}


async def read_national(now: datetime) -> tuple[tuple[Tuile, ...], str]:
    """The tiles and their period; none before the first publication."""
    published_on = await find_published_on()
    if published_on is None:
        return (), ""
    if published_on not in _kept:
        noms = await load_noms()
        perimetre = await choose_perimetre(None, Demandee(), noms)
        last = day_in_paris(now).replace(day=1) - timedelta(days=1)
        chiffres: Statistiques = await build_statistiques(
            perimetre, read_periode("12", "", "", last), noms, now
        )
        _kept.clear()
        said = {tuile.nom: tuile for tuile in chiffres.tuiles}
        _kept[published_on] = tuple(said[nom] for nom in ESSENTIEL if nom in said), chiffres.periode.libelle
    return _kept[published_on]
