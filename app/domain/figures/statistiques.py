"""The page of figures: its tiles and its tables, for a scope and a period."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.figures import nombres
from app.domain.figures.avis import (
    count_agents,
    read_soirs,
    tell_evenings,
    tell_last_evenings,
    tell_satisfaction,
)
from app.domain.figures.definitions import Figure
from app.domain.figures.lecture import find_first_day
from app.domain.figures.nombres import Decompte, say_jours, say_nombre, say_part
from app.domain.figures.perimetres import Noms, Perimetre, VueChiffres
from app.domain.figures.periodes import Periode, say_day
from app.domain.figures.requetes import Axe
from app.domain.figures.source import Source, load_source
from app.domain.figures.suppression import SEUIL
from app.domain.figures.tableaux import (
    Tableau,
    tell_by,
    tell_by_month,
    tell_by_week,
    tell_deciles,
    tell_others,
)


@dataclass(frozen=True)
class Tuile:
    """One figure: what it is worth, what it was, what it means."""

    valeur: str
    nom: str
    tendance: str
    sens: str


@dataclass(frozen=True)
class Statistiques:
    """Everything a page of figures says."""

    perimetre: Perimetre
    periode: Periode
    tuiles: tuple[Tuile, ...]
    tableaux: tuple[Tableau, ...]
    fraicheur: str
    definitions: tuple[Figure, ...] = tuple(Figure)

    def get_tableau(self, code: str) -> Tableau | None:
        """The table of that name."""
        return next((tableau for tableau in self.tableaux if tableau.code == code), None)


async def build_statistiques(
    perimetre: Perimetre, periode: Periode, noms: Noms, now: datetime
) -> Statistiques:
    """Tiles and tables of a scope over a period, compared with the year before when it is known whole."""
    axes = [Axe.ORGANISME, Axe.DEPARTEMENT, Axe.MOIS] if perimetre.is_masque else [Axe.ORGANISME, Axe.SEMAINE]
    if not perimetre.portee.is_of_groupes and Axe.DEPARTEMENT not in axes:
        axes.append(Axe.DEPARTEMENT)
    source = await load_source(perimetre, periode, axes, now)
    soirs = await read_soirs(perimetre, periode)
    is_known = periode.avant.is_known(await find_first_day())
    before = await load_source(perimetre, periode.avant, [Axe.MOIS], now) if is_known else None
    avis = await tell_satisfaction(perimetre, periode, source)
    tableaux = [
        tell_by_month(source) if perimetre.is_masque else tell_by_week(source),
        await tell_last_evenings(source) if perimetre.is_masque else tell_evenings(soirs),
        tell_deciles(source),
        *([avis] if avis else []),
        tell_by(source, Axe.ORGANISME, "organismes", "Par organisme", noms.organismes),
        *(
            [tell_by(source, Axe.DEPARTEMENT, "departements", "Par département", noms.departements)]
            if Axe.DEPARTEMENT in axes
            else []
        ),
        tell_others(source, await count_agents(perimetre, now)),
    ]
    return Statistiques(
        perimetre,
        periode,
        tuple(_tuiles(source, before, _say_pic(soirs))),
        tuple(tableau for tableau in tableaux if tableau.lignes),
        _say_fraicheur(source),
    )


def _say_fraicheur(source: Source) -> str:
    if source.publie is None:
        return "À jour à l’instant, sans aucun contenu de demande."
    if source.publie.published_on is None:
        return "Aucun mois n’est encore publié."
    return (
        f"Mois terminés, calculés le {say_day(source.publie.published_on)}, sans aucun contenu de demande. Un nombre "
        f"inférieur à {SEUIL} est masqué, avec ceux qui le feraient retrouver."
    )


def _tuiles(source: Source, before: Source | None, pic: str) -> Iterable[Tuile]:
    portee = source.perimetre.portee

    def tuile(figure: Figure, nom: str, say: Callable[[Source], str], *, beside: str | None = None) -> Tuile:
        former = say(before) if before is not None and beside is None else nombres.INDISPONIBLE
        tendance = beside or f"un an plus tôt : {former}"
        return Tuile(say(source), nom, tendance, figure.definition.sens)

    if portee.structures or source.perimetre.code is VueChiffres.FRANCE:
        yield tuile(Figure.ENVOYEES, "demandes envoyées", _say_envoyees)
    if not portee.structures or portee.groupes:
        yield tuile(Figure.RECUES, "sollicitations reçues", lambda s: str(s.compte("recues")))
    yield tuile(Figure.ETATS, "traitées", lambda s: say_part(s.part("traitees")))
    yield tuile(
        Figure.PREMIERE_REPONSE,
        "première réponse, médiane",
        lambda s: say_jours(s.delai("repondues").quantile(5), ouvres=True),
    )
    yield tuile(
        Figure.RESOLUTION, "résolution, médiane", lambda s: say_jours(s.delai("resolues").quantile(5))
    )
    yield tuile(
        Figure.EN_SOUFFRANCE,
        "en souffrance ce matin" if source.perimetre.is_masque else "en souffrance à l’instant",
        _say_souffrance,
        beside=pic,
    )


def _say_envoyees(source: Source) -> str:
    """Whole demandes; where small counts are hidden, a month of a few is left out and said to be."""
    if source.publie is None:
        return say_nombre(source.lecture.total("envoyees"))
    months = [comptes["envoyees"] for comptes in source.lecture.comptes[Axe.MOIS].values()]
    shown = [nombre for nombre in months if nombre >= SEUIL]
    return str(Decompte(sum(shown), is_minimum=any(0 < nombre < SEUIL for nombre in months)))


def _say_souffrance(source: Source) -> str:
    if source.publie is None:
        return str(source.compte("en_souffrance"))
    cles = source.list_cles(Axe.TOTAL, None)
    return str(source.publie.somme("en_souffrance", cles)) if cles else nombres.INDISPONIBLE


def _say_pic(soirs: Mapping[date, int]) -> str:
    if not soirs:
        return ""
    jour = max(soirs, key=lambda one: (soirs[one], one))
    return f"pic : {say_nombre(soirs[jour])}, le {say_day(jour)} à 18 h"
