"""What looks like personal data in a free text: pure, linear in the length of the text (product.md §5.4, S0).

A title goes to people who have no right to know who the usager is, so these are refused there with the words
shown; in a description they only bring a gentle note. The rules prefer shapes and keys to guesses: a false
alarm teaches people to write around the guard.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from app.domain.donnees_personnelles.dates_naissance import find_dates_naissance
from app.domain.donnees_personnelles.natures import SIGNES, NatureTrouvaille
from app.domain.donnees_personnelles.noms_cites import find_noms_cites
from app.domain.donnees_personnelles.numeros_personnels import (
    find_emails,
    find_ibans,
    find_nirs,
    find_numeros_fiscaux,
    find_reperes,
    find_ribs,
    find_suites,
    find_telephones,
    find_telephones_nus,
    find_telephones_plus,
)
from app.domain.mots.folding import fold_same_length


@dataclass(frozen=True, slots=True)
class Trouvaille:
    """Words of a text that look like personal data: ``texte[debut:fin] == extrait``.

    Its repr keeps the words to itself: it may end in a log.
    """

    nature: NatureTrouvaille
    extrait: str = field(repr=False)
    debut: int
    fin: int

    @property
    def libelle(self) -> str:
        """What it is, in French, without article: « numéro de sécurité sociale »."""
        return SIGNES[self.nature].libelle


def quote_extraits(trouvailles: Sequence[Trouvaille]) -> str:
    """The first five as the person is told to take them away: « Dubois » (nom de l’usager), …"""
    return ", ".join(f"«\u00a0{one.extrait}\u00a0» ({one.libelle})" for one in trouvailles[:5])


def find_donnees_personnelles(
    texte: str, noms: Sequence[str] = (), *, annee: int, sauf: Collection[NatureTrouvaille] = ()
) -> list[Trouvaille]:
    """What looks like personal data in ``texte``, in order, without overlap; ``sauf``: what may stand there.

    ``noms`` are the usager's own (prénom, nom, nom de naissance), ``annee`` is the current year: it tells a
    birth from a recent letter. Found: NIR (13 or 15 characters), numéro fiscal, phone, e-mail, IBAN, date of
    birth, numéro d'allocataire or France Travail near these words, and the names. Never raises.
    """
    if not texte.strip():
        return []
    ombre = _level(fold_same_length(texte))
    trouvailles: list[Trouvaille] = []
    for find in (
        find_emails,
        find_ibans,
        find_ribs,
        find_nirs,
        find_telephones_nus,
        find_telephones,
        find_numeros_fiscaux,
        find_telephones_plus,
        partial(find_dates_naissance, annee=annee),
        find_suites,
        find_reperes,
        partial(find_noms_cites, texte=texte, noms=noms),
    ):
        # The surest search comes first, and what it found is blanked for the next ones.
        found = [Trouvaille(nature, texte[debut:fin], debut, fin) for nature, debut, fin in find(ombre)]
        ombre = _blank(ombre, found)
        trouvailles += found
    kept = (one for one in trouvailles if one.nature not in sauf)
    return sorted(kept, key=lambda trouvaille: trouvaille.debut)


#: A number cut by the same rare sign all along is read as if it were by dashes: 06_12_34_56_78, 1/85/01/78/006/084/27.
_COUPE = re.compile(
    r"[0-9](?<![0-9].)[0-9]{0,4}+(?P<signe>[_·•∙|/,:])[0-9]{1,5}+[ab]?(?:(?P=signe)[0-9][0-9a-z]{0,4}+){2,12}+"
)


def _level(ombre: str) -> str:
    return _COUPE.sub(lambda match: match.group().replace(match["signe"], "-"), ombre)


def _blank(ombre: str, found: Sequence[Trouvaille]) -> str:
    if not found:
        return ombre
    pieces, position = [], 0
    for trouvaille in found:
        pieces += [ombre[position : trouvaille.debut], "\0" * (trouvaille.fin - trouvaille.debut)]
        position = trouvaille.fin
    return "".join([*pieces, ombre[position:]])


#: Once « Martin » is taken out of « Droits de Martin coupés », or « 06… » of « rappeler au 06… », these hang alone.
_SUSPENDU = re.compile(r"(?<![a-z0-9])(?:de|d'|du|des|au|aux|a|pour|par|avec|chez) ?$")
_VIDES = re.compile(r"\(\s*\)|\[\s*\]|«\s*»")
_SEPARATEURS_DE_SUITE = re.compile(r"([,;:–—\-])(?:[ \u00a0\u202f]*[,;:–—\-])+")


def cut_out(titre: str, trouvaille: Trouvaille) -> tuple[str, str]:
    """The title without these words nor their label, and the words: « one click to move them to their field ».

    A find that no longer stands in ``titre`` (it was edited meanwhile) leaves it as it is.
    """
    debut, fin = trouvaille.debut, trouvaille.fin
    valeur = trouvaille.extrait.strip()
    if titre[debut:fin] != trouvaille.extrait:
        return titre, valeur
    avant = titre[:debut]
    # The words that announced the find go with it, because they would announce nothing any more.
    for mots in (_get_etiquette(trouvaille.nature), _SUSPENDU):
        inutile = mots.search(fold_same_length(avant), max(0, len(avant) - 48))
        avant = avant[: inutile.start()] if inutile else avant
    apres = titre[fin:].lstrip(" ")
    reste = _VIDES.sub(" ", avant + ("" if apres[:1] in (*",.)]\u00a0\u202f", "") else " ") + apres)
    reste = re.sub(r" +(?=[,.)\]\u00a0\u202f])|(?<=[(\[]) +", "", re.sub(r"[ \t]{2,}", " ", reste))
    return _SEPARATEURS_DE_SUITE.sub(r"\1", reste).strip(" ,;:-–—/\u00a0\u202f"), valeur


def _get_etiquette(nature: NatureTrouvaille) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z0-9])(?:le |la |l'|son |sa )?(?:{SIGNES[nature].etiquette})(?: n)?[ .:°o#=]{{0,6}}$"
    )
