"""The usager's own names when they appear in a text: pure (product.md §5.4).

The hard part is French itself: Pierre, Rose, Petit or France are names and words. A name that is also a word
counts only when it is written as a name: capital letter where the sentence does not ask for one, after « Mme
», or next to another of the usager's names.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.domain.folding import INVISIBLE, fold
from app.domain.mots_courants import MOTS_A_CAPITALE, MOTS_COMMUNS, PARTICULES, SIGLES

_MOTS = MOTS_COMMUNS | MOTS_A_CAPITALE

#: Part of place names, but « un petit et un blanc » is not somebody.
_CONJONCTIONS = frozenset({"et", "ou", "en", "sur", "sous"})
_ENTRE = rf"[ ,'\-/{INVISIBLE}]"
_LIAISON = re.compile(
    rf"{_ENTRE}{{0,4}}(?:(?:{'|'.join(sorted(PARTICULES - _CONJONCTIONS))}){_ENTRE}{{1,3}}){{0,2}}"
)
_CIVILITES = frozenset(
    {
        *(
            "m",
            "mr",
            "mme",
            "mlle",
            "monsieur",
            "madame",
            "mademoiselle",
            "dr",
            "famille",
            "couple",
            "usager",
        ),
        *("usagere", "nom", "prenom", "nomme", "nommee", "prenomme", "prenommee"),
    }
)
_DEBUT_DE_PHRASE = re.compile(rf"(?:\A|[.!?:;\n•|/(\[«»\"]|[ \-]-)[ «\"({INVISIBLE}]*\Z")
_LONGUEUR_MAX = 60
_MOTS_MAX = 24


class _Mot(NamedTuple):
    """One of the usager's names, folded, and where it is written."""

    debut: int
    fin: int
    nom: str


def _list_mots(noms: Sequence[str]) -> list[str]:
    """The folded words of the names worth looking for, longest first; particles and initials are not."""
    mots = {
        mot
        for nom in noms
        for mot in re.findall(r"[^\W\d_]+", fold(nom[: _LONGUEUR_MAX * 4]))
        if 2 <= len(mot) <= _LONGUEUR_MAX and mot not in PARTICULES
    }
    return sorted(mots, key=lambda mot: (-len(mot), mot))[:_MOTS_MAX]


def _spell(mot: str, joint: str) -> str:
    """The pattern of a word, ligatures included; the first letter, then what must not be before it (see _SEUL)."""
    variantes = {"oe": "(?:oe|œ)", "ae": "(?:ae|æ)", "ss": "(?:ss|ß)"}
    lettres = re.findall(r"oe|ae|ss|.", mot[1:])
    suite = joint.join(["", *(variantes.get(lettre, re.escape(lettre)) for lettre in lettres)])
    return rf"{re.escape(mot[0])}(?<![^\W\d_].){suite}"


def _compile_motif(mots: Sequence[str], ombre: str) -> re.Pattern[str]:
    # Accents written apart and soft hyphens fall inside words; looked for only when there may be some.
    joint = f"{INVISIBLE}*" if INVISIBLE in ombre else ""
    ligatures = [{"oe": "œ", "ae": "æ"}[mot[:2]] + mot[2:] for mot in mots if mot[:2] in ("oe", "ae")]
    alternatives = "|".join(_spell(mot, joint) for mot in (*mots, *ligatures))
    return re.compile(rf"(?:{alternatives}){joint}(?![^\W\d_])")


def _follows_civilite(ombre: str, debut: int) -> bool:
    avant = ombre[max(0, debut - 16) : debut].rstrip(f" .:{INVISIBLE}")
    return avant[avant.rfind(" ") + 1 :].lstrip("\n('\"«") in _CIVILITES


def _is_certain(texte: str, ombre: str, mot: _Mot) -> bool:
    """Whether the word is the name by itself, without another of the usager's names beside it."""
    nom, debut, ecrit = mot.nom, mot.debut, texte[mot.debut : mot.fin]
    capitales = ecrit.isupper() and texte.isupper()
    is_sigle = nom in SIGLES and ecrit.isupper() and not capitales
    if len(nom) >= 3 and nom not in _MOTS and not is_sigle:
        return True
    if _follows_civilite(ombre, debut):
        return True
    if len(nom) < 3 or is_sigle or nom in MOTS_A_CAPITALE or capitales or not ecrit[0].isupper():
        return False
    return ecrit.isupper() or not _DEBUT_DE_PHRASE.search(ombre, max(0, debut - 6), debut)


def _list_occurrences(ombre: str, noms: Sequence[str]) -> list[_Mot]:
    mots = _list_mots(noms)
    return [
        _Mot(match.start(), match.end(), fold(match.group()))
        for match in (_compile_motif(mots, ombre).finditer(ombre) if mots else ())
    ]


def find_noms_cites(ombre: str, texte: str, noms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Bounds of the usager's names in ``texte``, neighbours in one piece (« Pierre de la Tour »).

    ``ombre`` is ``fold_same_length(texte)``. Whole words of three letters or more, accents and case aside;
    shorter ones, and ordinary words, only when something says they are names (see above).
    """
    suite: list[_Mot] = []
    for mot in _list_occurrences(ombre, noms):
        if suite and not _LIAISON.fullmatch(ombre, suite[-1].fin, mot.debut):
            yield from _bounds(texte, ombre, suite)
            suite = []
        suite.append(mot)
    yield from _bounds(texte, ombre, suite)


def _bounds(texte: str, ombre: str, suite: Sequence[_Mot]) -> Iterator[tuple[str, int, int]]:
    """One piece for neighbouring words if two different ones stand together or one is surely a name."""
    if len({mot.nom for mot in suite}) > 1 or any(_is_certain(texte, ombre, mot) for mot in suite):
        yield "nom", suite[0].debut, suite[-1].fin
