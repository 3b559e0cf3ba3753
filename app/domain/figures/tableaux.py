"""The tables of a page of figures: what is read, what a spreadsheet gets, the bars beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.figures import nombres
from app.domain.figures.definitions import Figure
from app.domain.figures.lecture import ZERO
from app.domain.figures.nombres import Decompte, say_jours, say_nombre, say_part
from app.domain.figures.periodes import say_day, say_month
from app.domain.figures.requetes import Axe
from app.domain.figures.source import Source


@dataclass(frozen=True)
class LigneTableau:
    """A row of a table: its header, what is read, what a spreadsheet gets, the lengths of its bar."""

    cellules: tuple[str, ...]
    valeurs: tuple[str | int | float | date | None, ...]
    barre: tuple[int, ...] = ()
    is_repere: bool = False


@dataclass(frozen=True)
class Tableau:
    """A table with a name for its address. `series` names the parts of its bars, in their order."""

    code: str
    titre: str
    entetes: tuple[str, ...]
    lignes: tuple[LigneTableau, ...]
    series: tuple[str, ...] = ()
    note: str = ""

    @property
    def maximum(self) -> int:
        """The longest bar."""
        return max((sum(ligne.barre) for ligne in self.lignes), default=0)


def tell_by_week(source: Source) -> Tableau:
    """Parts asked each week and what became of them; weeks without any are left out."""
    lignes = []
    for semaine in sorted(source.lecture.comptes[Axe.SEMAINE]):
        comptes = source.lecture.comptes[Axe.SEMAINE][semaine]
        open_parts = comptes["nouvelles"] + comptes["en_cours"]
        late = min(comptes["en_souffrance"], open_parts)
        if not comptes["recues"]:
            continue
        values = (
            *(comptes["recues"], comptes["traitees"], open_parts, comptes["declinees"]),
            *(comptes["sans_suite"], comptes["en_souffrance"]),
        )
        lignes.append(
            LigneTableau(
                (say_day(semaine), *map(say_nombre, values)),
                (semaine, *values),
                (comptes["traitees"], open_parts - late, comptes["declinees"], late),
            )
        )
    return Tableau(
        "semaines",
        "Sollicitations par semaine, et leur état aujourd’hui",
        ("Semaine du", "Reçues", "Traitées", "Ouvertes", "Déclinées", "Closes sans suite", "En souffrance"),
        tuple(lignes),
        series=("traitées", "ouvertes", "déclinées", "en souffrance"),
        note=Figure.ETATS.definition.sens,
    )


def tell_by_month(source: Source) -> Tableau:
    """The same by published month."""
    lignes = []
    for mois in source.publie.mois if source.publie else ():
        comptes = [source.compte(mesure, Axe.MOIS, mois) for mesure in ("recues", "traitees", "declinees")]
        mediane = source.delai("repondues", Axe.MOIS, mois).quantile(5)
        bars = tuple((compte.valeur or 0) if not compte.is_minimum else 0 for compte in comptes[:1])
        lignes.append(
            LigneTableau(
                (say_month(mois), *map(str, comptes), say_jours(mediane, ouvres=True)),
                (mois, *(as_cell(compte) for compte in comptes), as_days(mediane)),
                bars,
            )
        )
    return Tableau(
        "mois",
        "Sollicitations par mois, et leur état au moment du calcul",
        ("Mois", "Reçues", "Traitées", "Déclinées", "Première réponse, médiane"),
        tuple(lignes),
        note=Figure.RECUES.definition.sens,
    )


def tell_deciles(source: Source) -> Tableau:
    """From one in ten to nine in ten, first answer and resolution."""
    reponses, resolutions = source.delai("repondues"), source.delai("resolues")
    lignes = []
    for tenth in range(1, 10) if reponses.total or resolutions.total else ():
        a, b = reponses.quantile(tenth), resolutions.quantile(tenth)
        lignes.append(
            LigneTableau(
                (
                    f"{tenth} sur 10{', médiane' if tenth == 5 else ''}",
                    say_jours(a, ouvres=True) if a is not None else nombres.INDISPONIBLE,
                    say_jours(b) if b is not None else nombres.INDISPONIBLE,
                ),
                (tenth / 10, as_days(a), as_days(b)),
                (a or 0,),
                is_repere=tenth == 5,
            )
        )
    # Where small counts are hidden, any exact count would be found by moving the period.
    answered = say_nombre(reponses.total) if source.publie is None else str(source.compte("repondues"))
    return Tableau(
        "delais",
        "Délais : part des sollicitations servies en moins de…",
        ("Part", "Première réponse", "Résolution"),
        tuple(lignes),
        note=f"Premières réponses : parmi les {answered} répondues. {Figure.RESOLUTION.definition.sens}",
    )


def tell_by(source: Source, axe: Axe, code: str, titre: str, names: Mapping[int, str]) -> Tableau:
    """By organisme or by département, those that are shown largest first."""
    cles = [cle for cle in names if source.lecture.comptes[axe].get(cle, ZERO)["recues"]]
    lignes = []
    for cle in sorted(cles, key=lambda one: (-(_rank(source, axe, one)), names[one])):
        recues = source.compte("recues", axe, cle)
        mediane, resolution = (source.delai(m, axe, cle).quantile(5) for m in ("repondues", "resolues"))
        traitees, dans_delai = source.part("traitees", axe, cle), source.part_dans_delai(axe, cle)
        declinees = source.part("declinees", axe, cle)
        lignes.append(
            LigneTableau(
                (
                    names[cle],
                    str(recues),
                    *(say_part(traitees), say_part(declinees), say_part(dans_delai)),
                    *(say_jours(mediane, ouvres=True), say_jours(resolution)),
                ),
                (
                    names[cle],
                    as_cell(recues),
                    traitees,
                    declinees,
                    dans_delai,
                    as_days(mediane),
                    as_days(resolution),
                ),
                ((recues.valeur or 0) if not recues.is_minimum else 0,),
            )
        )
    return Tableau(
        code,
        titre,
        (
            *(titre.removeprefix("Par ").capitalize(), "Reçues", "Traitées", "Déclinées", "Dans le délai"),
            *("Première réponse, médiane", "Résolution, médiane"),
        ),
        tuple(lignes),
        note=Figure.DANS_LE_DELAI.definition.sens,
    )


def _rank(source: Source, axe: Axe, cle: Any) -> int:
    """Rows are sorted by what is shown: the order of hidden counts says nothing."""
    compte = source.compte("recues", axe, cle)
    return -1 if compte.valeur is None or compte.is_minimum else compte.valeur


def tell_others(source: Source, agents: Sequence[tuple[str, Decompte]]) -> Tableau:
    """What has neither week nor organisme."""
    rows: list[tuple[str, str, Any]] = []
    if source.publie is None:
        total = source.lecture.total
        asked = total("recues")
        rows += [
            ("Dans le délai de 3 jours ouvrés", say_part(source.part_dans_delai()), source.part_dans_delai()),
            ("Sans réponse", say_nombre(asked - total("repondues")), asked - total("repondues")),
            ("Déclinées", say_nombre(total("declins")), total("declins")),
            (
                "Procédure standard",
                say_part(nombres.part(total("procedures"), asked)),
                nombres.part(total("procedures"), asked),
            ),
            ("Relances", say_nombre(total("relances")), total("relances")),
            ("Réouvertures", say_nombre(total("reouvertures")), total("reouvertures")),
        ]
        if total("clotures"):
            spent = source.delai("clotures").quantile(5)
            rows += [
                ("Clôtures", say_nombre(total("clotures")), total("clotures")),
                ("… dont par la plateforme", say_nombre(total("plateforme")), total("plateforme")),
                ("De l’envoi à la clôture, médiane", say_jours(spent), as_days(spent)),
            ]
    else:
        share = source.part_dans_delai()
        rows.append(("Dans le délai de 3 jours ouvrés", say_part(share), share))
    rows += [(nom, str(compte), as_cell(compte)) for nom, compte in agents]
    return Tableau(
        "autres",
        "Autres chiffres de la période",
        ("Chiffre", "Valeur"),
        tuple(LigneTableau((nom, texte), (nom, value)) for nom, texte, value in rows),
        note=Figure.AGENTS_ACTIFS.definition.sens,
    )


def as_cell(compte: Decompte) -> int | str:
    """For a spreadsheet: a number, or the words when it is not one."""
    return compte.valeur if compte.valeur is not None and not compte.is_minimum else str(compte)


def as_days(dixiemes: int | None) -> float | None:
    """For a spreadsheet: days."""
    return None if dixiemes is None else dixiemes / 10
