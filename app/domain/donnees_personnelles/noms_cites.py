"""The usager's own names when they appear in a text: pure (product.md §5.4).

The hard part is French itself: Pierre, Rose, Petit or France are names and words. A name that is also a word
counts only when it is written as a name: a capital letter where the sentence does not ask for one, « Mme »
before it, a verb right after it, or another of the usager's names beside it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.domain.donnees_personnelles.mots_courants import MOTS_A_CAPITALE, MOTS_COMMUNS, PARTICULES, SIGLES
from app.domain.donnees_personnelles.natures import NatureDonnee
from app.domain.mots.folding import INVISIBLE, fold

_MOTS = MOTS_COMMUNS | MOTS_A_CAPITALE

#: These are parts of place names, but « un petit et un blanc » is not somebody.
_CONJONCTIONS = frozenset({"et", "ou", "en", "sur", "sous"})
_ENTRE = rf"[ ,'\-/{INVISIBLE}]"
_LIAISON = re.compile(
    rf"{_ENTRE}{{0,4}}(?:(?:{'|'.join(sorted(PARTICULES - _CONJONCTIONS))}){_ENTRE}{{1,3}}){{0,2}}"
)
_CIVILITES = frozenset(
    {
        *("m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "famille"),
        *("nom", "prenom", "nomme", "nommee", "prenomme", "prenommee"),
    }
)
#: These words begin the names of towns and hospitals: « Saint-Denis » is not Denis.
_SAINTS = frozenset({"saint", "sainte", "st", "ste"})
#: A noun would have its article there, so it is a name: « Pierre ne perçoit plus », « Marie 12/03/1968 ».
_SUJET = re.compile(
    r"[ ,:]{1,3}\0| (?:n'|(?:ne|a|est|sera|doit|veut|vit|attend|demande|souhaite|conteste|habite|touche|recoit"
    r"|percoit)(?![a-z]))"
)
_DEBUT_DE_PHRASE = re.compile(rf"(?:\A|[.!?:;\n•|/(\[«»\"]|[ \-]-)[ «\"({INVISIBLE}]*\Z")
_LONGUEUR_MAX = 60
_MOTS_MAX = 24


class _Mot(NamedTuple):
    """One of the usager's names, folded, where it is written, particles included, and the word before."""

    debut: int
    fin: int
    nom: str
    avant: str


class _TexteLu(NamedTuple):
    """A text, its ``ombre`` (`fold_same_length`), and whether it is all in capitals, which then say nothing."""

    texte: str
    ombre: str
    capitales: bool


def _list_mots(noms: Sequence[str]) -> dict[str, set[tuple[str, ...]]]:
    """The folded words worth looking for, each with what comes before it in the name: « tour » after « de la »."""
    mots: dict[str, set[tuple[str, ...]]] = {}
    for nom in noms:
        avant: tuple[str, ...] = ()
        for mot in re.findall(r"[^\W\d_]+", fold(nom[: _LONGUEUR_MAX * 4])):
            if len(mot) == 1 or mot in PARTICULES:
                avant = (*avant[-2:], mot)
            elif len(mot) <= _LONGUEUR_MAX and len(mots) < _MOTS_MAX:
                mots.setdefault(mot, set()).add(avant)
                avant = ()
    return mots


def _spell(mot: str, joint: str) -> str:
    """The pattern of a word, ligatures included; the first letter, then what must not be before it (see _SEUL)."""
    variantes = {"oe": "(?:oe|œ)", "ae": "(?:ae|æ)", "ss": "(?:ss|ß)"}
    lettres = re.findall(r"oe|ae|ss|.", mot[1:])
    suite = joint.join(["", *(variantes.get(lettre, re.escape(lettre)) for lettre in lettres)])
    return rf"{re.escape(mot[0])}(?<![^\W\d_].){suite}"


def _compile_motif(mots: Sequence[str], ombre: str) -> re.Pattern[str]:
    # Accents written apart and soft hyphens fall inside words; they are looked for only when there may be some.
    joint = f"{INVISIBLE}*" if INVISIBLE in ombre else ""
    ligatures = [{"oe": "œ", "ae": "æ"}[mot[:2]] + mot[2:] for mot in mots if mot[:2] in ("oe", "ae")]
    alternatives = "|".join(_spell(mot, joint) for mot in (*mots, *ligatures))
    return re.compile(rf"(?:{alternatives}){joint}(?![^\W\d_])")


def _get_mot_avant(ombre: str, debut: int) -> str:
    avant = ombre[max(0, debut - 16) : debut].rstrip(f" .:-{INVISIBLE}")
    return avant[avant.rfind(" ") + 1 :].lstrip("\n('\"«")


def _is_certain(lecture: _TexteLu, mot: _Mot) -> bool:
    """Whether the word is the name by itself, without another of the usager's names beside it."""
    ecrit = lecture.texte[mot.debut : mot.fin]
    is_sigle = mot.nom in SIGLES and ecrit.isupper() and not lecture.capitales
    if len(mot.nom) >= 3 and mot.nom not in _MOTS and not is_sigle:
        return True
    if mot.avant in _CIVILITES:
        return True
    if len(mot.nom) < 3 or is_sigle or mot.nom in MOTS_A_CAPITALE or lecture.capitales:
        return False
    if not ecrit[0].isupper() or ecrit.isupper():
        return ecrit.isupper()
    starts = _DEBUT_DE_PHRASE.search(lecture.ombre, max(0, mot.debut - 6), mot.debut)
    return not starts or _SUJET.match(lecture.ombre, mot.fin) is not None


def _compile_particules(mots: dict[str, set[tuple[str, ...]]]) -> dict[str, re.Pattern[str]]:
    """For the names that have some, what precedes them: the « de la » of « tour »."""
    return {
        mot: re.compile(
            "|".join(
                rf"(?<![^\W\d_]){''.join(f'{particule}{_ENTRE}{{1,3}}' for particule in avant)}\Z"
                for avant in sorted(avants - {()}, key=len, reverse=True)
            )
        )
        for mot, avants in mots.items()
        if avants - {()}
    }


def _list_occurrences(ombre: str, noms: Sequence[str]) -> Iterator[_Mot]:
    mots = _list_mots(noms)
    if not mots:
        return
    particules = _compile_particules(mots)
    # The longest names come first, so that « martinez » is read before « martin ».
    for match in _compile_motif(sorted(mots, key=len, reverse=True), ombre).finditer(ombre):
        nom, debut = fold(match.group()), match.start()
        motif = particules.get(nom)
        particule = motif.search(ombre, max(0, debut - 24), debut) if motif else None
        if particule:
            debut = particule.start()
        avant = _get_mot_avant(ombre, debut)
        if particule or avant not in _SAINTS:
            yield _Mot(debut, match.end(), nom, avant)


def find_noms_cites(ombre: str, texte: str, noms: Sequence[str]) -> Iterator[tuple[NatureDonnee, int, int]]:
    """Bounds of the usager's names in ``texte``, neighbours in one piece (« Pierre de la Tour »).

    ``ombre`` is ``fold_same_length(texte)``. Whole words of three letters or more, accents and case aside;
    shorter ones, and ordinary words, only when something says they are names (see above).
    """
    lecture = _TexteLu(texte, ombre, texte.isupper())
    suite: list[_Mot] = []
    for mot in _list_occurrences(ombre, noms):
        if suite and not _LIAISON.fullmatch(ombre, suite[-1].fin, mot.debut):
            yield from _bounds(lecture, suite)
            suite = []
        suite.append(mot)
    yield from _bounds(lecture, suite)


def _bounds(lecture: _TexteLu, suite: Sequence[_Mot]) -> Iterator[tuple[NatureDonnee, int, int]]:
    """One piece for neighbouring words if two different ones stand together or one is surely a name."""
    if len({mot.nom for mot in suite}) > 1 or any(_is_certain(lecture, mot) for mot in suite):
        yield NatureDonnee.NOM, suite[0].debut, suite[-1].fin
