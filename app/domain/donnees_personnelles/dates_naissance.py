"""Full dates that can be somebody's birth, in a folded text: pure and linear (product.md §5.4).

A date said to be a birth (« né le », « naissance : ») always is. Otherwise a full date more than fifteen
years old is taken for one, unless the words before tell what happened then (« depuis le », « loi du »,
« du … au … »). A recent date is a letter or a change of rights; a child's birth is announced by « né le ».
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.domain.donnees_personnelles.natures import NatureDonnee
from app.domain.mots.folding import INVISIBLE

_MOIS = (
    "janvier|janv|fevrier|fevr|fev|mars|avril|avr|mai|juin|juillet|juil|aout|septembre|sept|octobre|oct|novembre|nov"
    "|decembre|dec"
)
_ANNEE = r"(?:(?:18|19|20)[0-9]{2}|'?[0-9]{2})"
#: The first digit is read on its own so that the engine jumps from digit to digit; what follows looks back at it.
_JOUR = r"(?:(?<=0)[1-9]|(?<=[12])[0-9]|(?<=3)[01]|(?<=[1-9]))"
_JOUR_A_DEUX_CHIFFRES = r"(?:(?<=0)[1-9]|(?<=[12])[0-9]|(?<=3)[01])"
_DATE = re.compile(
    rf"[0-9](?<![0-9].)(?<![0-9][/.\-].)(?:"
    rf"{_JOUR}(?P<sep> ?[/.\-_·|] ?| )(?:0?[1-9]|1[0-2])(?P=sep)(?P<an>{_ANNEE})"
    rf"|{_JOUR}(?:er)?[ \-/.]{{0,2}}(?:{_MOIS})\.?[ \-/]{{0,2}}(?P<lettres>{_ANNEE})"
    rf"|(?P<iso>(?:(?<=1)[89]|(?<=2)0)[0-9]{{2}})(?P<tiret>[\-/.])(?:0[1-9]|1[0-2])(?P=tiret)(?:0[1-9]|[12][0-9]|3[01])"
    rf"|(?P<colle>{_JOUR_A_DEUX_CHIFFRES}(?:0[1-9]|1[0-2])(?:19|20)[0-9]{{2}})"
    r")(?![0-9])(?![/.\-][0-9])"
)
_AVANT = 48
_SEMAINE = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_LIAISON = rf"[ :=,('{INVISIBLE}]{{0,4}}(?:(?:le|du|au|est|jour|{_SEMAINE})[ :]{{1,2}}){{0,3}}$"
#: « ne » is also the negation, so it announces a birth only right before a date or a place.
_NE = re.compile(
    rf"\b(?:nee?s?(?:\(e?e?s?\)|[.·\-]e)?(?: (?:a|au|aux|en) [^.;:0-9]{{1,30}}(?:[0-9]{{2,3}}\)?)?)?|ddn|nais"
    # « naissance de l’enfant », « naissance du 3e enfant »: theirs is a birth too.
    rf"|naissances?(?: (?:de |d'|du |des )(?:(?:l'|la |son |sa |ses |une? )|[0-9](?:er|e|eme) )?"
    rf"(?:enfant|bebe|fils|fille|jumeau|jumelle|nourrisson)[sx]?)?)"
    rf"{_LIAISON}"
)
_MOT = re.compile(r"[a-z]+|[0-9]+")
#: These words say that something lasts or is dated (« du 12/03/1990 », « depuis le … »), so nobody is born then.
_PERIODE = frozenset({"du", "au", "des", "depuis", "avant", "apres", "entre", "jusqu", "at"})
#: « marié le 12/03/1990 » dates a wedding; without « le », Marie is somebody.
_EVENEMENTS = frozenset(
    participe + accord
    for participe in (
        *("marie", "pacse", "divorce", "separe", "arrive", "entre", "decede", "embauche", "licencie"),
        *("envoye", "recu", "depose", "signe", "accorde", "refuse", "rejete", "notifie", "etabli"),
        *("delivre", "obtenu", "expire", "perime", "valide", "modifie", "ouvert", "ferme", "retraite"),
        *("installe", "adopte", "naturalise", "mariage", "deces", "accident", "jugement", "arrivee"),
        *("depart", "licenciement", "pension", "acquis"),
    )
    for accord in ("", "e", "s", "es")
)
#: « décès du conjoint le … », « arrivée en France le … ».
_EVENEMENT_DE = re.compile(
    r"\b(?:deces|mariage|divorce|accident|jugement|depart|arrivee?|licenciement|retraite|entree?)s? "
    r"(?:d'|de |du |en |a )(?:(?:la |l'|son |sa |mon |ma )?[a-z]{2,20} )?(?:le |en )?$"
)
_LIEN = re.compile(r" d['eu]| en | a ")
#: « 01/09/1982 – 30/06/1985 »: what lasts from the first of a month to the end of another, or is said to last.
_ENTRE = re.compile(r" {0,2}(?:->?|>|→|a|au|jusqu'au) {0,2}")
_CE_QUI_DURE = re.compile(
    r"\b(?:periodes?|emplois?|contrats?|carrieres?|service|trimestres?|travail|apprentissage|stages?|chomage|cdd|cdi"
    r"|missions?|activites?|salariee?s?|cotisations?|arrets?|conges?|bail|militaire|scolarite|droits?)\b|\bde (?=[0-9])"
)
_FIN_DE_MOIS = 28
_JOUR_ECRIT = re.compile(r"[0-9]{1,2}")
_SUIVI_DE_LE = _EVENEMENTS | _PERIODE
_REFERENCE = re.compile(r"\b(?:dossier|ref|reference|article|art|version|n)[ .:°o]{0,4}$")
_UNITE = re.compile(r" ?[a-z%€]")
_AGE_MAX = 120
_AGE_SANS_DOUTE = 15


def _get_annee(match: re.Match[str], annee: int) -> int:
    """The year meant: « 68 » is the last one that is not in the future."""
    if match["iso"]:
        return int(match.group()[:4])
    ecrite = (match["an"] or match["lettres"] or match["colle"][-4:]).lstrip("'")
    if len(ecrite) == 4:
        return int(ecrite)
    siecle = annee - annee % 100
    return siecle + int(ecrite) if siecle + int(ecrite) <= annee else siecle - 100 + int(ecrite)


def _is_evenement(avant: str) -> bool:
    """Whether the words before the date say that something else than a birth happened then."""
    mots = _MOT.findall(avant[-32:])
    if _LIEN.search(avant) and _EVENEMENT_DE.search(avant):
        return True
    if not mots or mots[-1] in _PERIODE:
        return bool(mots)
    if mots[-1] != "le":
        return mots[-1] == "et" and "entre " in avant
    while mots and mots[-1] in ("le", "en", "france"):
        mots.pop()
    return bool(mots) and (mots[-1] in _SUIVI_DE_LE or (mots[-1] == "et" and "entre " in avant))


def _looks_like_something_else(match: re.Match[str], ombre: str) -> bool:
    """Three numbers that need not be a date: « 12 mars 15 personnes », « article 12.3.68 », « 12 03 68 »."""
    debut, fin = match.span()
    separateur, ecrite = match["sep"], match["an"] or match["lettres"] or "1968"
    if len(ecrite) < 4 and (separateur == " " or (match["lettres"] and _UNITE.match(ombre, fin))):
        return True
    without_slash = separateur is not None and "/" not in separateur
    return without_slash and _REFERENCE.search(ombre, max(0, debut - _AVANT), debut) is not None


def _is_said(match: re.Match[str], ombre: str) -> bool:
    avant = ombre[max(0, match.start() - _AVANT) : match.start()]
    return any(indice in avant for indice in ("ne", "nais", "ddn")) and _NE.search(avant) is not None


def _is_naissance(match: re.Match[str], ombre: str, annee: int) -> bool:
    debut, dite = match.start(), _get_annee(match, annee)
    if not annee - _AGE_MAX <= dite <= annee:
        return False
    if _is_said(match, ombre):
        return True
    if match["colle"] or dite >= annee - _AGE_SANS_DOUTE:
        return False
    avant = ombre[max(0, debut - _AVANT) : debut]
    return not (_is_evenement(avant) or _looks_like_something_else(match, ombre))


def _is_periode(premiere: re.Match[str], seconde: re.Match[str], ombre: str, annee: int) -> bool:
    """Whether these two dates, one after the other, say from when to when."""
    linked = _ENTRE.fullmatch(ombre, premiere.end(), seconde.start()) is not None
    return linked and _get_annee(premiere, annee) <= _get_annee(seconde, annee)


def _are_whole_months(premiere: re.Match[str], seconde: re.Match[str]) -> bool:
    """From the first of a month to the end of another."""
    first, last = _JOUR_ECRIT.match(premiere.group()), _JOUR_ECRIT.match(seconde.group())
    return first is not None and int(first[0]) == 1 and last is not None and int(last[0]) >= _FIN_DE_MOIS


def _list_durees(dates: Sequence[re.Match[str]], ombre: str, annee: int) -> set[int]:
    """Where dates begin that say how long something lasted; those of a couple do not."""
    ends = [match.end() for match in _CE_QUI_DURE.finditer(ombre)]
    found: set[int] = set()
    for premiere, seconde in pairwise(dates):
        if not _is_periode(premiere, seconde, ombre, annee):
            continue
        rang = bisect_right(ends, premiere.start())
        is_announced = rang > 0 and premiere.start() - ends[rang - 1] < _AVANT
        if (is_announced or _are_whole_months(premiere, seconde)) and not _is_said(premiere, ombre):
            found |= {premiere.start(), seconde.start()}
    return found


def find_dates_naissance(ombre: str, annee: int) -> Iterator[tuple[NatureDonnee, int, int]]:
    """Bounds of the dates of birth in ``ombre`` (`fold_same_length`); ``annee`` is the current year."""
    dates = list(_DATE.finditer(ombre))
    durees = _list_durees(dates, ombre, annee)
    for match in dates:
        if match.start() not in durees and _is_naissance(match, ombre, annee):
            yield NatureDonnee.NAISSANCE, match.start(), match.end()
