"""The whole referentiel as one text: what a version keeps, what leaves as a file and comes back.

`administration.fichier` writes and reads it, `fautes.py` judges it, `ecriture.py` brings it into the base.
"""

import dataclasses
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app import referentiel
from app.domain.mots.folding import fold
from app.domain.regles.calendrier import read_subdivision, write_subdivision
from app.domain.regles.errors import Invalide
from app.domain.regles.mots_fermes import MotFerme
from app.referentiel import Organisme, Sujet, Theme

TEXTE_MAX, LIGNE_MAX = 2_000, 200
#: Of one kind; a page shows them all.
ELEMENTS_MAX = 300
VIDE = "Laissée vide, l’aide est celle de toute situation."
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


#: What former versions and files do not say.
RECENTS = {"is_retire", "mots", "depuis", "essais", "attendu"}


@dataclass(frozen=True, slots=True)
class JoursLocaux:
    """The days of a département of its own: holidays nobody else has, and holidays on which people work there."""

    code: str
    feries: tuple[str, ...] = ()
    ouvres: tuple[str, ...] = ()


Element = Theme | Sujet | Organisme | JoursLocaux


class EtatElement(MotFerme):
    """What the form of an element may make of it. The row is how it is said, and what it means."""

    fiche: tuple[str, str]

    PROPOSE = "propose", ("Proposé", "")
    RETIRE = "retire", ("Retiré", "il n’est plus proposé, et reste où il sert")
    SUPPRIME = "supprime", ("Supprimé", "possible tant que rien ne s’en sert")


class FormeChamp(StrEnum):
    """How a field is typed: a line, a text, one line each, a box, codes of another kind, days."""

    LIGNE = "ligne"
    TEXTE = "texte"
    LIGNES = "lignes"
    CASE = "case"
    THEME = "theme"
    THEMES = "themes"
    ORGANISMES = "organismes"
    NATURES = "natures"
    ESSAIS = "essais"
    JOURS = "jours"


@dataclass(frozen=True)
class FicheChamp:
    """A field of an element: its label and, of a line or a text, how long it may be."""

    nom: str
    libelle: str
    forme: FormeChamp
    maximum: int = LIGNE_MAX
    aide: str = ""
    requis: bool = False
    lignes: int = 12
    """How many lines at most, where each line is one."""


@dataclass(frozen=True)
class FicheSorte:
    """A kind of elements: its words, the class of its elements, their fields in the order of the form."""

    nom: str
    nouveau: str
    classe: type[Any]
    champs: tuple[FicheChamp, ...]


class Sorte(MotFerme):
    """What the referentiel is made of. The value is the key of the file."""

    fiche: FicheSorte

    THEMES = (
        "themes",
        FicheSorte(
            "Thème",
            "Nouveau thème",
            Theme,
            (
                FicheChamp("nom", "Nom", FormeChamp.LIGNE, 80, requis=True),
                FicheChamp("description", "Description", FormeChamp.TEXTE, 500, requis=True),
            ),
        ),
    )
    SUJETS = (
        "sujets",
        FicheSorte(
            "Sujet",
            "Nouveau sujet",
            Sujet,
            (
                FicheChamp("nom", "Nom", FormeChamp.LIGNE, requis=True),
                FicheChamp("theme", "Thème", FormeChamp.THEME, requis=True),
                FicheChamp(
                    "organismes",
                    "Organismes sollicités",
                    FormeChamp.ORGANISMES,
                    aide="Cochés d’eux-mêmes quand un aidant choisit ce sujet. Leurs identifiants sont alors demandés.",
                ),
                FicheChamp(
                    "documents", "Documents utiles", FormeChamp.LIGNES, aide="Un par ligne, douze au plus."
                ),
                FicheChamp("essayez", "Démarche à essayer d’abord", FormeChamp.TEXTE, TEXTE_MAX),
                FicheChamp(
                    "mots",
                    "Mots qui font proposer ce sujet",
                    FormeChamp.LIGNES,
                    80,
                    aide="Un mot, un sigle ou une expression par ligne, vingt au plus. Ce sujet est proposé à qui les "
                    "écrit.",
                    lignes=20,
                ),
                FicheChamp(
                    "depuis",
                    "Aide pour écrire\u00a0: «\u00a0Depuis quand\u00a0?\u00a0»",
                    FormeChamp.LIGNE,
                    aide=f"Ce qu’il faut dater, par exemple «\u00a0le premier mois sans versement\u00a0». {VIDE}",
                ),
                FicheChamp(
                    "essais",
                    "Aide pour écrire\u00a0: «\u00a0Déjà essayé\u00a0»",
                    FormeChamp.ESSAIS,
                    aide=f"Les cases offertes à l’aidant. {VIDE}",
                ),
                FicheChamp(
                    "attendu",
                    "Aide pour écrire\u00a0: «\u00a0Ce que vous attendez\u00a0»",
                    FormeChamp.LIGNE,
                    aide=f"Par exemple «\u00a0la reprise du versement, ou son motif écrit\u00a0». {VIDE}",
                ),
            ),
        ),
    )
    ORGANISMES = (
        "organismes",
        FicheSorte(
            "Organisme",
            "Nouvel organisme",
            Organisme,
            (
                FicheChamp("sigle", "Sigle", FormeChamp.LIGNE, 40, requis=True),
                FicheChamp("nom", "Nom", FormeChamp.LIGNE, requis=True),
                FicheChamp("description", "Ce qu’il peut faire", FormeChamp.TEXTE, 500, requis=True),
                FicheChamp("is_aidant", "Il ouvre des demandes pour des usagers (aidant)", FormeChamp.CASE),
                FicheChamp("champs", "Ce qu’il demande pour trouver l’usager", FormeChamp.NATURES),
                FicheChamp(
                    "is_nir_autorise",
                    "Il peut recevoir le numéro de sécurité sociale (décret n°\u00a02019-341)",
                    FormeChamp.CASE,
                ),
                FicheChamp("themes", "Thèmes sous lesquels il est proposé", FormeChamp.THEMES),
            ),
        ),
    )
    JOURS = (
        "jours",
        FicheSorte(
            "Jours fériés d’un département",
            "",
            JoursLocaux,
            (
                FicheChamp(
                    "feries",
                    "Jours fériés en plus",
                    FormeChamp.JOURS,
                    aide="Un par ligne, par exemple 24/12/2026. Douze au plus, à partir de demain.",
                ),
                FicheChamp(
                    "ouvres",
                    "Jours fériés travaillés",
                    FormeChamp.JOURS,
                    aide="Un par ligne. Les délais y courent comme un jour ordinaire.",
                ),
            ),
        ),
    )

    @property
    def is_retirable(self) -> bool:
        """Its elements may be offered no more and stay where they serve."""
        return self is not Sorte.JOURS


@dataclass(frozen=True, slots=True)
class Contenu:
    """Everything, in the order in which it is offered."""

    themes: tuple[Theme, ...] = ()
    sujets: tuple[Sujet, ...] = ()
    organismes: tuple[Organisme, ...] = ()
    jours: tuple[JoursLocaux, ...] = ()

    def list_of(self, sorte: Sorte) -> tuple[Any, ...]:
        """The elements of this kind."""
        found: tuple[Any, ...] = getattr(self, sorte.value)
        return found

    def find(self, sorte: Sorte, code: str) -> Any:
        """The element of this code, or None."""
        return next((one for one in self.list_of(sorte) if one.code == code), None)

    def put(self, sorte: Sorte, element: Element) -> "Contenu":
        """With this element in the place of the one of its code, or at the end."""
        ones = self.list_of(sorte)
        known = any(one.code == element.code for one in ones)
        put = tuple(element if one.code == element.code else one for one in ones)
        return self._with(sorte, put if known else (*ones, element))

    def drop(self, sorte: Sorte, code: str) -> "Contenu":
        """Without the element of this code."""
        return self._with(sorte, tuple(one for one in self.list_of(sorte) if one.code != code))

    def _with(self, sorte: Sorte, ones: tuple[Any, ...]) -> "Contenu":
        # Days of a département that has none of its own say nothing.
        kept = ones if sorte.is_retirable else tuple(one for one in ones if one.feries or one.ouvres)
        changed: dict[str, Any] = {sorte.value: kept}
        return replace(self, **changed)


def shipped_contenu() -> Contenu:
    """The files the project ships."""
    return Contenu(referentiel.themes(), referentiel.sujets(), referentiel.organismes())


def as_rows(contenu: Contenu) -> dict[str, list[dict[str, Any]]]:
    """Plain values, by kind: what a version keeps."""
    return {sorte.value: [asdict(one) for one in contenu.list_of(sorte)] for sorte in Sorte}


def read_rows(texte: str) -> Any:
    """The plain values of a text. Raises Invalide on `fichier`."""
    try:
        return json.loads(texte)
    except (ValueError, RecursionError) as error:
        raise illisible("ce n’est pas un fichier du référentiel exporté d’ici (JSON)") from error


def contenu_of(rows: Any) -> Contenu:
    """The content of these plain values. Raises Invalide on `fichier`."""
    if not isinstance(rows, dict) or set(rows) != set(Sorte):
        raise illisible(f"il doit contenir {', '.join(Sorte)}, et rien d’autre")
    made = {}
    for sorte in Sorte:
        ones = rows[sorte.value]
        if not isinstance(ones, list) or len(ones) > ELEMENTS_MAX:
            raise illisible(f"«\u00a0{sorte}\u00a0» doit être une liste de {ELEMENTS_MAX} éléments au plus")
        made[sorte.value] = tuple(element_of(sorte, one) for one in ones)
    return Contenu(**made)


def element_of(sorte: Sorte, row: Any) -> Any:
    """An element of these plain values. Raises Invalide on `fichier`.

    What was written before sujets had a guide means the one that was read then: that of the project.
    """
    fields = {field.name: field for field in dataclasses.fields(sorte.fiche.classe)}
    named = isinstance(row, dict) and set(row) <= set(fields)
    if not named or {name for name in fields if name not in RECENTS} - set(row):
        raise illisible(f"un élément de «\u00a0{sorte}\u00a0» n’a pas les champs attendus")
    for name, value in row.items():
        if not _is_of_type(fields[name].type, value):
            raise illisible(
                f"dans «\u00a0{sorte}\u00a0», le champ «\u00a0{name}\u00a0» n’est pas de la bonne sorte"
            )
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    if sorte is Sorte.SUJETS and "mots" not in made:
        made |= referentiel.redaction_of(row["code"])
    return sorte.fiche.classe(**made)


def make_code(sorte: Sorte, nom: str, contenu: Contenu) -> str:
    """A code that no element of this kind bears, made of a name."""
    letters = re.sub(r"[^a-z0-9]+", "_", fold(nom)).strip("_")
    code = base = re.sub(r"^[^a-z]+", "", letters)[:30].strip("_") or sorte.value
    rang = 1
    while contenu.find(sorte, code) is not None or not CODE.fullmatch(code):
        rang += 1
        code = f"{base}_{rang}"
    return code


def calendar_of(departement: str, jours: JoursLocaux | None) -> str:
    """The calendar of this département with its own days, as its row says it."""
    code, _, _ = read_subdivision(referentiel.departement(departement).calendrier)
    if jours is None:
        return code
    return write_subdivision(
        code, [date.fromisoformat(j) for j in jours.feries], [date.fromisoformat(j) for j in jours.ouvres]
    )


def jours_of(code: str, calendrier: str) -> JoursLocaux:
    """The way back."""
    _, feries, ouvres = read_subdivision(calendrier)
    return JoursLocaux(code, tuple(map(str, feries)), tuple(map(str, ouvres)))


def illisible(raison: str) -> Invalide:
    """What is said of a file that is not one of the referentiel."""
    return Invalide({"fichier": f"Le fichier ne peut pas être lu\u00a0: {raison}."})


def _is_of_type(kind: Any, value: Any) -> bool:
    if kind is bool:
        return type(value) is bool
    texts = [value] if kind is str else value
    return isinstance(texts, list) and all(type(one) is str and is_writable(one) for one in texts)


def is_writable(texte: str) -> bool:
    """No NUL and no half of a character: neither the base nor a page could hold it."""
    return _UNWRITABLE.search(texte) is None
