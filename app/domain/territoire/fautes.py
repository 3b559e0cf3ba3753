"""What must be corrected in a content of the referentiel before anybody reads it. Pure.

The files the project ships, a form of the A+ team and a file that is imported are judged by the same rules.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import referentiel
from app.domain.mots.folding import fold, split_mots
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.calendrier import FIRST_YEAR, LAST_YEAR, Calendrier
from app.domain.territoire.contenu import CODE, Contenu, FicheChamp, FormeChamp, JoursLocaux, Sorte
from app.referentiel import Organisme, Sujet
from app.referentiel.redaction import essais

JOURS_MAX = 12
#: Letters of a word that may tell a sujet alone, unless it is an acronym.
MOT_MIN = 3


@dataclass(frozen=True)
class Faute:
    """What must be corrected: of which element, in which field ("" for the whole)."""

    sorte: Sorte
    code: str
    champ: str
    phrase: str


def find_fautes(contenu: Contenu) -> list[Faute]:
    """What must be corrected before it is published, in the order of the content."""
    return [Faute(sorte, *fault) for sorte in Sorte for fault in _faults_of(sorte, contenu)]


def _faults_of(sorte: Sorte, contenu: Contenu) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    names = Counter(fold(_name(sorte, one)) for one in contenu.list_of(sorte))
    for one in contenu.list_of(sorte):
        if one.code in seen:
            yield one.code, "", f"Le code «\u00a0{one.code}\u00a0» vient deux fois."
        seen.add(one.code)
        if sorte.is_retirable:
            if not CODE.fullmatch(one.code):
                yield one.code, "", f"Le code «\u00a0{one.code}\u00a0» ne convient pas."
            if names[fold(_name(sorte, one))] > 1:
                yield one.code, sorte.fiche.champs[0].nom, f"Deux portent ce nom\u00a0: {_name(sorte, one)}."
        for champ in sorte.fiche.champs:
            if phrase := _fault_of(champ, getattr(one, champ.nom), contenu):
                yield one.code, champ.nom, phrase
        yield from _faults_between(one, contenu)


def _name(sorte: Sorte, one: Any) -> str:
    return str(getattr(one, sorte.fiche.champs[0].nom))


def _fault_of(champ: FicheChamp, value: Any, contenu: Contenu) -> str:
    match champ.forme:
        case FormeChamp.CASE:
            return ""
        case FormeChamp.LIGNE | FormeChamp.TEXTE:
            return _fault_of_text(
                value, champ.maximum, requis=champ.requis, is_line=champ.forme is FormeChamp.LIGNE
            )
        case FormeChamp.LIGNES:
            if len(value) > champ.lignes:
                return f"{champ.lignes} lignes au plus (il y en a {len(value)})."
            faults = (_fault_of_text(one, champ.maximum, requis=True, is_line=True) for one in value)
            return next(filter(None, faults), "")
        case FormeChamp.JOURS:
            return _fault_of_days(value)
        case _:
            codes = [value] if isinstance(value, str) else value
            return _fault_of_codes(codes, _codes_for(champ.forme, contenu), requis=champ.requis)


def _fault_of_text(texte: str, maximum: int, *, requis: bool, is_line: bool) -> str:
    if requis and not texte.strip():
        return "Écrivez ce texte."
    if len(texte) > maximum:
        return f"{maximum} caractères au plus (il y en a {len(texte)})."
    if any(unicodedata.category(c)[0] == "C" and (is_line or c != "\n") for c in texte):
        return "Ce texte contient un caractère invisible\u00a0: écrivez-le de nouveau."
    return ""


def _fault_of_days(jours: Sequence[str]) -> str:
    if len(jours) > JOURS_MAX:
        return f"{JOURS_MAX} jours au plus (il y en a {len(jours)})."
    for jour in jours:
        try:
            is_day = date.fromisoformat(jour).isoformat() == jour
        except ValueError:
            is_day = False
        if not is_day:
            return f"Ce n’est pas un jour\u00a0: {jour[:40]}. Écrivez par exemple 24/12/2026."
        if not FIRST_YEAR <= int(jour[:4]) <= LAST_YEAR:
            # The years are few, so that a file of days costs no more than they do.
            return f"Les jours vont de {FIRST_YEAR} à {LAST_YEAR}."
    return "" if len(set(jours)) == len(jours) else "Un jour vient deux fois."


def _fault_of_codes(codes: Sequence[str], known: set[str], *, requis: bool) -> str:
    if requis and not any(codes):
        return "Choisissez-en un."
    unknown = [code for code in codes if code not in known]
    if unknown:
        return f"Rien ne porte ce code\u00a0: {unknown[0][:80]}."
    return "" if len(set(codes)) == len(codes) else "Un même code vient deux fois."


def _codes_for(forme: FormeChamp, contenu: Contenu) -> set[str]:
    if forme is FormeChamp.NATURES:
        return set(NatureIdentifiant)
    if forme is FormeChamp.ESSAIS:
        return set(essais())
    sorte = Sorte.ORGANISMES if forme is FormeChamp.ORGANISMES else Sorte.THEMES
    return {one.code for one in contenu.list_of(sorte)}


def _faults_between(one: Any, contenu: Contenu) -> Iterator[tuple[str, str, str]]:
    """What two fields say that does not go together."""
    if isinstance(one, Organisme) and NatureIdentifiant.NIR in one.champs and not one.is_nir_autorise:
        yield (
            one.code,
            "champs",
            "Il ne peut pas demander le numéro de sécurité sociale sans pouvoir le recevoir.",
        )
    if isinstance(one, Sujet) and (phrase := _fault_of_mots(one.mots)):
        yield one.code, "mots", phrase
    if isinstance(one, Sujet) and not one.is_retire:
        theme = contenu.find(Sorte.THEMES, one.theme)
        if theme is not None and theme.is_retire:
            yield (
                one.code,
                "theme",
                f"Le thème «\u00a0{theme.nom}\u00a0» est retiré, et «\u00a0{one.nom}\u00a0» y est proposé.",
            )
    if isinstance(one, JoursLocaux):
        yield from _faults_of_jours(one)


def _fault_of_mots(mots: Sequence[str]) -> str:
    for mot in mots:
        words = split_mots(mot)
        # An article or a preposition alone is in every text: this sujet would be suggested to everybody.
        if not words or (len(words) == 1 and len(words[0]) < MOT_MIN and mot != mot.upper()):
            told = f"«\u00a0{mot[:40]}\u00a0» ne désigne aucun sujet"
            return f"{told}\u00a0: écrivez un mot plus long, ou un sigle en capitales."
    return ""


def _faults_of_jours(one: JoursLocaux) -> Iterator[tuple[str, str, str]]:
    if one.code not in {d.code for d in referentiel.departements()}:
        yield one.code, "", f"Ce code n’est celui d’aucun département\u00a0: {one.code[:10]}."
        return
    departement = referentiel.departement(one.code)
    calendrier = Calendrier(departement.fuseau, departement.calendrier)
    for champ, jours, is_ferie, phrase in (
        ("feries", one.feries, True, "est déjà férié dans ce département"),
        ("ouvres", one.ouvres, False, "n’est pas un jour férié de ce département"),
    ):
        for jour in () if _fault_of_days(jours) else map(date.fromisoformat, jours):
            if (jour in calendrier.jours_feries(jour.year)) is is_ferie:
                yield one.code, champ, f"Le {jour:%d/%m/%Y} {phrase}."
