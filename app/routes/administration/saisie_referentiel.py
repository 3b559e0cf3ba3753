"""The fields of an element of the referentiel: shown as kept or as typed, and read back."""

from dataclasses import dataclass, replace
from typing import Any

from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.territoire.contenu import Contenu, EtatElement, FicheChamp, FormeChamp, Sorte, make_code
from app.domain.territoire.differences import say_jour
from app.formulaire import Formulaire
from app.referentiel.redaction import essais

NOUVEAU = "nouveau"
COCHES = {FormeChamp.ORGANISMES, FormeChamp.THEMES, FormeChamp.NATURES, FormeChamp.ESSAIS}


@dataclass(frozen=True)
class ChampMontre:
    """A field as kept or as typed; `options` are (code, words)."""

    fiche: FicheChamp
    valeur: str | bool | list[str]
    options: list[tuple[str, str]]


def read_element(form: Formulaire, sorte: Sorte, code: str, contenu: Contenu) -> Any:
    """The element as typed; a new one is given a code made of its name."""
    kept = contenu.find(sorte, code)
    typed = {champ.nom: _read_champ(form, champ, kept) for champ in sorte.fiche.champs}
    if code == NOUVEAU or (sorte.is_retirable and kept is None):
        code = make_code(sorte, str(typed[sorte.fiche.champs[0].nom]), contenu)
    element = sorte.fiche.classe(code=code, **typed)
    is_retire = form.texte("etat") == EtatElement.RETIRE
    return replace(element, is_retire=is_retire) if sorte.is_retirable else element


def _read_champ(form: Formulaire, champ: FicheChamp, kept: Any) -> Any:
    # Each is named: what is read as a list is what may come twice in a form (`formulaire.REPETES`), which a test holds.
    lists = {
        FormeChamp.ORGANISMES: form.textes("organismes"),
        FormeChamp.THEMES: form.textes("themes"),
        FormeChamp.NATURES: form.textes("champs"),
        FormeChamp.ESSAIS: form.textes("essais"),
    }
    if champ.forme in lists:
        # Boxes come in the order of the page: those that were ticked keep the order in which they were written.
        former = getattr(kept, champ.nom, ())
        ticked = lists[champ.forme]
        return tuple(sorted(ticked, key=lambda code: former.index(code) if code in former else len(former)))
    if champ.forme is FormeChamp.CASE:
        return form.is_checked(champ.nom)
    typed = form.texte(champ.nom)
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if champ.forme is FormeChamp.JOURS:
        return tuple(sorted(_read_jour(line) for line in lines))
    return tuple(lines) if champ.forme is FormeChamp.LIGNES else typed


def _read_jour(texte: str) -> str:
    jour = Formulaire({"jour": [texte]}).jour("jour")
    return texte if jour is None else jour.isoformat()


def show_champ(champ: FicheChamp, element: Any | None, contenu: Contenu) -> ChampMontre:
    """A field of this element, or empty for a new one."""
    value: Any = getattr(element, champ.nom) if element is not None else ()
    if champ.forme is FormeChamp.LIGNES:
        value = "\n".join(value)
    elif champ.forme is FormeChamp.JOURS:
        value = "\n".join(say_jour(jour) for jour in value)
    elif value == ():
        value = [] if champ.forme in COCHES else ""
    return ChampMontre(champ, value, _options(champ.forme, contenu))


def _options(forme: FormeChamp, contenu: Contenu) -> list[tuple[str, str]]:
    if forme is FormeChamp.NATURES:
        return [(nature.value, nature.libelle) for nature in NatureIdentifiant]
    if forme is FormeChamp.ESSAIS:
        return list(essais().items())
    if forme is FormeChamp.ORGANISMES:
        return [(one.code, one.sigle) for one in contenu.organismes if not one.is_aidant]
    if forme in {FormeChamp.THEME, FormeChamp.THEMES}:
        return [(one.code, one.nom) for one in contenu.themes]
    return []
