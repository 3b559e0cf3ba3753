"""What changes between two contents of the referentiel, in the words of a page. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import referentiel
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.mots_fermes import MotFerme
from app.domain.territoire.contenu import Contenu, FicheChamp, FormeChamp, JoursLocaux, Sorte
from app.referentiel.redaction import essais


class SortElement(MotFerme):
    """What becomes of an element. The row is how a page says it."""

    fiche: str

    AJOUT = "ajout", "ajouté"
    CHANGEMENT = "changement", "modifié"
    RETRAIT = "retrait", "retiré"
    REMISE = "remise", "proposé de nouveau"
    SUPPRESSION = "suppression", "supprimé"
    ORDRE = "ordre", "ordre changé"


@dataclass(frozen=True)
class AvantApres:
    """A field before and after, in words; empty when there was nothing."""

    libelle: str
    avant: str
    apres: str


@dataclass(frozen=True)
class Difference:
    """What becomes of one element; `code` is empty for the order of a whole kind."""

    sorte: Sorte
    code: str
    nom: str
    acte: SortElement
    ecarts: tuple[AvantApres, ...] = ()


def list_differences(avant: Contenu, apres: Contenu) -> list[Difference]:
    """Everything that changes, kind by kind, in the order of what is proposed, then what goes."""
    return [one for sorte in Sorte for one in _differences_of(sorte, avant, apres)]


def name_of(sorte: Sorte, element: Any) -> str:
    """How a page names it."""
    if isinstance(element, JoursLocaux):
        known = {one.code: one for one in referentiel.departements()}
        return f"{known[element.code].nom} ({element.code})" if element.code in known else element.code
    nom: str = getattr(element, sorte.fiche.champs[0].nom)
    return nom


def say_jour(jour: str) -> str:
    """The day as one types it: « 24/12/2026 »; what is no day stays as it was typed."""
    try:
        return f"{date.fromisoformat(jour):%d/%m/%Y}"
    except ValueError:
        return jour


def _differences_of(sorte: Sorte, avant: Contenu, apres: Contenu) -> Iterator[Difference]:
    for element in apres.list_of(sorte):
        former = avant.find(sorte, element.code)
        ecarts = tuple(_ecarts(sorte, former, element, avant, apres))
        acte = _acte_of(former, element)
        if ecarts or acte is not SortElement.CHANGEMENT:
            yield Difference(sorte, element.code, name_of(sorte, element), acte, ecarts)
    gone = [one for one in avant.list_of(sorte) if apres.find(sorte, one.code) is None]
    for former in gone:
        ecarts = tuple(_ecarts(sorte, former, None, avant, apres))
        yield Difference(sorte, former.code, name_of(sorte, former), SortElement.SUPPRESSION, ecarts)
    if sorte.is_retirable and _order(avant, apres, sorte) != _order(apres, avant, sorte):
        yield Difference(sorte, "", f"{sorte.fiche.nom}s", SortElement.ORDRE)


def _acte_of(former: Any | None, element: Any) -> SortElement:
    if former is None:
        return SortElement.AJOUT
    before, after = getattr(former, "is_retire", False), getattr(element, "is_retire", False)
    if before == after:
        return SortElement.CHANGEMENT
    return SortElement.RETRAIT if after else SortElement.REMISE


def _order(contenu: Contenu, other: Contenu, sorte: Sorte) -> list[str]:
    known = {one.code for one in other.list_of(sorte)}
    return [one.code for one in contenu.list_of(sorte) if one.code in known]


def _ecarts(
    sorte: Sorte, former: Any | None, element: Any | None, avant: Contenu, apres: Contenu
) -> Iterator[AvantApres]:
    for champ in sorte.fiche.champs:
        before = _say(champ, getattr(former, champ.nom), avant) if former is not None else ""
        after = _say(champ, getattr(element, champ.nom), apres) if element is not None else ""
        if before != after:
            yield AvantApres(champ.libelle, before, after)


def _say(champ: FicheChamp, value: Any, contenu: Contenu) -> str:
    if champ.forme is FormeChamp.CASE:
        return "oui" if value else "non"
    if champ.forme in {FormeChamp.LIGNE, FormeChamp.TEXTE}:
        return str(value)
    codes = [value] if isinstance(value, str) else value
    if champ.forme in {FormeChamp.LIGNES, FormeChamp.JOURS}:
        return "\n".join(say_jour(one) if champ.forme is FormeChamp.JOURS else one for one in codes)
    return ", ".join(_names(champ.forme, codes, contenu))


def _names(forme: FormeChamp, codes: Sequence[str], contenu: Contenu) -> list[str]:
    if forme is FormeChamp.NATURES:
        return [nature.libelle for nature in NatureIdentifiant if nature in codes]
    if forme is FormeChamp.ESSAIS:
        return [libelle for code, libelle in essais().items() if code in codes]
    sorte = Sorte.ORGANISMES if forme is FormeChamp.ORGANISMES else Sorte.THEMES
    found = [contenu.find(sorte, code) for code in codes]
    return [name_of(sorte, one) for one in found if one is not None]
