"""Numbers and addresses that identify somebody, where they stand in a folded text: pure and linear.

Each function reads the ``ombre`` of a text (`fold_same_length`: lower case, no accent, plain spaces and
dashes) and gives ``(nature, debut, fin)``. Every pattern is bounded, possessive or atomic: no input makes one go back
over the text. A group repeated with ``++`` would keep the sign after its last turn (Python 3.11): it is atomic.
"""

import re
from collections.abc import Iterator

from app.domain.donnees_personnelles.natures import SIGNES, NatureDonnee, NatureTrouvaille
from app.domain.mots.folding import INVISIBLE
from app.domain.mots.identifiants import NatureIdentifiant, Repere

Borne = tuple[NatureTrouvaille, int, int]

#: People put these signs inside a number.
_S = rf"[ .\-{INVISIBLE}]{{0,3}}"
_P = rf"[ .\-/{INVISIBLE}]{{0,3}}"
_D = "[0-9]"
#: Patterns begin with their first character, then look behind it: the engine then jumps from digit to digit.
_SEUL = r"(?<![0-9].)"

#: Mailboxes that people name without their end (« @gmail »), or cut from it (« @gmail . com », « @gmail,com »).
_BOITES = "gmail|hotmail|outlook|orange|wanadoo|laposte|free|sfr|yahoo|live|icloud|bbox|neuf|aol"
_LOCALE = rf"[a-z0-9._%+\-{INVISIBLE}]"
_EMAIL = re.compile(
    rf"[a-z0-9._%+\-](?<!{_LOCALE}.){_LOCALE}*+"
    rf"(?: ?@ ?| ?[(\[{{](?:at|arobase|@)[)\]}}] ?|\(a\)| arobase | at (?=(?:{_BOITES})[ .]))"
    rf"(?:[a-z0-9\-{INVISIBLE}]++(?>(?:\.[a-z0-9\-{INVISIBLE}]++)+)"
    rf"|(?:{_BOITES})(?: ?[.,] ?(?:com|fr|net)| (?:point|dot) (?:com|fr|net))?(?![a-z0-9\-.@]))"
)
#: How many characters follow the country and the key: the length of each country keeps the words after out.
_BBAN = {
    11: "no",
    12: "be",
    14: "dk|fi|nl",
    15: "si",
    16: "at|ba|ee|lt|lu|xk",
    17: "ch|hr|li|lv",
    18: "bg|de|ge|gb|ie|me|rs",
    20: "ad|cz|es|md|ro|se|sk|tn",
    21: "pt",
    22: "is|tr",
    23: "fr|gr|it|mc|sm",
    24: "al|cy|hu|lb|pl",
    25: "mu",
    27: "mt",
}
_IBAN = re.compile(
    r"[a-z][a-z](?:(?=[0-9]{2})|(?<=fr)(?=[ .\-][0-9]{2}))(?:(?<![a-z0-9]..)|(?<=iban..)|(?<=rib..))(?:"
    + "|".join(rf"(?<={pays})(?:{_S}[0-9]){{2}}(?:{_S}[0-9a-z]){{{reste}}}" for reste, pays in _BBAN.items())
    + ")"
)
#: A RIB: bank and counter of five digits, account of eleven characters, key.
_RIB = re.compile(
    rf"{_D}{_SEUL}{_D}{{4}}{_S}{_D}{{5}}{_S}[0-9a-z](?:{_S}[0-9a-z]){{10}}{_S}{_D}{_D}(?![0-9a-z])"
)
_LETTRES_DE_RIB = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
#: A NIR is made of sex, year, month (or the code of an unknown one), département, commune, order and key.
_NIR = re.compile(
    rf"[1-8]{_SEUL}{_S}{_D}{{2}}{_S}(?:0[1-9]|1[0-2]|[2-9]{_D}){_S}"
    # Overseas, people cut after the three digits of the département.
    rf"(?:9[78]{_D}[ .\-]{{1,3}}{_D}{{2}}|(?:{_D}{{2}}|2 ?[ab]){_S}{_D}{{3}}){_S}"
    rf"(?P<ordre>{_D}{{3}})(?P<cle>{_S}{_D}{{2}})?(?![0-9])"
)
_NIF = re.compile(rf"[0-3]{_SEUL}{_D}{_S}{_D}{{2}}{_S}{_D}{{3}}{_S}{_D}{{3}}{_S}{_D}{{3}}(?![0-9])")
#: A number that begins with 08 belongs to a service, never to a person.
_TELEPHONE = re.compile(
    rf"0{_SEUL}(?:[1-79]\)?(?:{_P}{_D}{{2}}){{4}}|0{_P}33{_P}(?:\(0\){_P}|0)?[1-79](?:{_P}{_D}{{2}}){{4}}"
    rf"|0{_P}(?:262|590|594|596|508|68[179])(?:{_P}{_D}){{6,9}}+)(?![0-9])"
)
_TELEPHONE_PLUS = re.compile(rf"\+{_P}[1-9](?:[ .\-/(){INVISIBLE}]{{0,3}}{_D}){{8,14}}+(?![0-9])")
#: « 33 6 12 34 56 78 » lost its « + », and « 00213 6… » is dialled abroad; in one block, the first may be anything.
_INDICATIF = "3[0-2469]|4[013-9]|21[2368]|22[0-9]|23[0-9]|24[0-9]|26[1-9]|35[1-9]|38[0-9]|42[01]|9[0-58]"
_TELEPHONE_NU = re.compile(
    rf"3{_SEUL}(?<!\+.)(?<!\+ .)3[ .\-]{{1,2}}(?:\(0\)[ .\-]?)?[67](?:{_P}{_D}{{2}}){{4}}(?![0-9])"
    rf"|0{_SEUL}0[ .\-]?(?:{_INDICATIF})(?:[ .\-/(){INVISIBLE}]{{0,3}}{_D}){{8,11}}+(?![0-9])"
)
#: Two days with what stands between them, or a day with its whole year: none of their figures is dialled.
_JOUR = r"(?:0?[1-9]|[12][0-9]|3[01])"
_MOIS = "(?:0?[1-9]|1[0-2])"
_JOURS = re.compile(
    rf"(?<![0-9])(?<![0-9][/.]){_JOUR}([/.\-]){_MOIS}(?:\1(?:19|20)[0-9]{{2}}(?![0-9])|(?:\1[0-9]{{2}})?"
    rf"(?:[ \-]{{1,3}}{_JOUR}\1{_MOIS}(?:\1(?:[0-9]{{4}}|[0-9]{{2}}))?(?![0-9])(?!\1[0-9]))+)"
)
#: « 06/07/08/09/10 » are months.
_MOIS_DE_SUITE = frozenset("".join(f"{n:02d}" for n in range(un, un + 5)) for un in range(1, 9))
#: Digits may be grouped in any way; the run ends at what is no longer a separator.
_SUITE = re.compile(rf"{_D}{_SEUL}{_D}*+(?>(?:[ .\-{INVISIBLE}]{{1,2}}{_D}++)+)")
_DEBUT_DE_TELEPHONE = re.compile(r"0[1-79]")
_MONTANT = re.compile(r" ?(?:€|euro|,[0-9])")


def _compile_repere(repere: Repere) -> tuple[re.Pattern[str], re.Pattern[str]]:
    suite = (
        rf"{_D}{_SEUL}(?<![0-9][.,].){_D}{{{repere.chiffres - 1}}}{repere.lettre}(?![0-9a-z])(?! ?(?:€|euro))"
    )
    return re.compile(suite), re.compile(repere.voisinage)


#: These identifiers are recognised by their length and by a word nearby.
_REPERES = {
    nature: _compile_repere(signe.repere) for nature, signe in SIGNES.items() if signe.repere is not None
}

#: The last word before a number, « n° » aside, tells what the number is.
_MOT = re.compile(r"[a-z]+|[0-9]+")
_AVANT = 40
_CHEVILLES = frozenset({"n", "no", "num", "numero", "numeros", "est", "de"})
_NIR_ANNONCE = frozenset({"secu", "sociale", "nir", "ss", "immatriculation", "insee", "assure", "assuree"})
_FISC_ANNONCE = frozenset(
    {"fiscal", "fiscale", "spi", "nif", "impot", "impots", "dgfip", "ddfip", "contribuable"}
)
_IBAN_ANNONCE = frozenset({"iban", "rib", "compte"})
_ALLOCATAIRE_ANNONCE = frozenset({"allocataire", "allocataires", "matricule", "caf"})
_REFERENCE_ANNONCE = frozenset(
    {
        *(
            "dossier",
            "dossiers",
            "ref",
            "refs",
            "reference",
            "references",
            "demande",
            "teledemarche",
            "suivi",
        ),
        *("reclamation", "recours", "courrier", "facture", "recommande", "colis", "bordereau", "contrat"),
        *("siret", "siren", "finess", "rna", "agrement", "titre", "avis", "article"),
    }
)


def _get_mot_avant(ombre: str, debut: int, sauf: str = "") -> str:
    """The word that announces what begins at ``debut``, or an empty string; `sauf`: signs that make no word."""
    mots = _MOT.findall(ombre, max(0, debut - _AVANT), debut)
    while mots and (mots[-1] in _CHEVILLES or not mots[-1].strip(sauf or None)):
        mots.pop()
    return mots[-1] if mots else ""


_SEPARATEURS = str.maketrans("", "", f" .-/(){INVISIBLE}")


def _compact(ecrit: str) -> str:
    return ecrit.translate(_SEPARATEURS).upper()


def _has_cle_nir(numero: str) -> bool:
    """The key of a fifteen-character NIR: 97 less the rest modulo 97 (Corsica: 2A counts 19, 2B counts 18)."""
    reste = numero[:5] + {"2A": "19", "2B": "18"}.get(numero[5:7], numero[5:7]) + numero[7:13]
    return 97 - int(reste) % 97 == int(numero[13:])


def _has_cle_nif(numero: str) -> bool:
    """The key of a thirteen-digit numéro fiscal: its first ten digits modulo 511."""
    return numero[0] in "0123" and int(numero[:10]) % 511 == int(numero[10:])


def find_emails(ombre: str) -> Iterator[Borne]:
    """E-mail addresses, « (at) » and spaces around the @ included."""
    for match in _EMAIL.finditer(ombre):
        debut = match.end() - len(match.group().lstrip(".-+%"))
        yield NatureDonnee.EMAIL, debut, match.end()


def find_ibans(ombre: str) -> Iterator[Borne]:
    """Accounts whose key is right (ISO 13616, mod 97), or announced as such."""
    for match in _IBAN.finditer(ombre):
        debut, fin = match.span()
        numero = _compact(match.group())
        cle = int("".join(str(int(c, 36)) for c in numero[4:] + numero[:4])) % 97
        announced = _get_mot_avant(ombre, debut) in _IBAN_ANNONCE and not ombre[fin : fin + 1].isalnum()
        # The words of a sentence have the right key once in ninety-seven, but few figures.
        is_account = 2 * sum(map(str.isdigit, numero[4:])) >= len(numero) - 4
        if is_account and (cle == 1 or announced):
            yield NatureDonnee.IBAN, debut, fin


def find_ribs(ombre: str) -> Iterator[Borne]:
    """Accounts as French banks printed them before the IBAN, whose key is right."""
    for match in _RIB.finditer(ombre):
        numero = _compact(match.group()).translate(_LETTRES_DE_RIB)
        banque, guichet, compte, cle = (
            int(numero[:5]),
            int(numero[5:10]),
            int(numero[10:21]),
            int(numero[21:]),
        )
        if 97 - (89 * banque + 15 * guichet + 3 * compte) % 97 == cle:
            yield NatureDonnee.IBAN, match.start(), match.end()


def _decide_treize(ombre: str, debut: int, fin: int, *, groupes: list[int]) -> NatureIdentifiant | None:
    """Thirteen characters: NIR without its key, numéro fiscal or a mere reference.

    What decides, in order: the words before, the grouping, the key, a sex with a year and a real month.
    """
    numero, avant = _compact(ombre[debut:fin]), _get_mot_avant(ombre, debut)
    if avant in _FISC_ANNONCE or groupes == [2, 2, 3, 3, 3]:
        return NatureIdentifiant.NUMERO_FISCAL
    if avant in _NIR_ANNONCE or len(groupes) >= 5 or not numero.isdigit():
        return NatureIdentifiant.NIR
    if _has_cle_nif(numero):
        return NatureIdentifiant.NUMERO_FISCAL
    if re.match(r"[12][0-9]{2}(?:0[1-9]|1[0-2])", numero):
        return NatureIdentifiant.NIR
    if avant in _REFERENCE_ANNONCE:
        return None
    return NatureIdentifiant.NIR if _NIR.fullmatch(ombre, debut, fin) else NatureIdentifiant.NUMERO_FISCAL


def _list_groupes(ecrit: str) -> list[int]:
    return [len(ecrit)] if ecrit.isalnum() else [len(groupe) for groupe in re.findall(r"[0-9a-z]+", ecrit)]


def find_nirs(ombre: str) -> Iterator[Borne]:
    """Numéros de sécurité sociale in their usual grouping, with their key (checked) or without."""
    for match in _NIR.finditer(ombre):
        debut, fin = match.span()
        groupes = _list_groupes(match.group())
        if match["cle"]:
            written_apart = len(groupes) >= 6
            announced = _get_mot_avant(ombre, debut) in _NIR_ANNONCE
            if written_apart or announced or _has_cle_nir(_compact(match.group())):
                yield NatureIdentifiant.NIR, debut, fin
                continue
            if match["cle"].isdigit():
                continue
            fin = match.end("ordre")
            groupes = groupes[:-1]
        nature = _decide_treize(ombre, debut, fin, groupes=groupes)
        if nature:
            yield nature, debut, fin


def find_numeros_fiscaux(ombre: str) -> Iterator[Borne]:
    """Thirteen digits in the grouping of the tax office, or in one block."""
    for match in _NIF.finditer(ombre):
        nature = _decide_treize(ombre, *match.span(), groupes=_list_groupes(match.group()))
        if nature:
            yield nature, match.start(), match.end()


def find_telephones(ombre: str) -> Iterator[Borne]:
    """French numbers, overseas included; 08 and short numbers are services."""
    ombre = _JOURS.sub(lambda jours: "\0" * len(jours.group()), ombre)
    for match in _TELEPHONE.finditer(ombre):
        ecrit = match.group()
        # Ten digits in one block that the word before calls a file or a tax number are one, unless they are a mobile.
        autres = _FISC_ANNONCE if ecrit[:2] in ("06", "07") else _FISC_ANNONCE | _REFERENCE_ANNONCE
        if _compact(ecrit) in _MOIS_DE_SUITE and not ecrit.isdigit():
            continue
        regrouped = re.fullmatch(r"[0-9]{4} [0-9]{6}", ecrit) and _get_mot_avant(
            ombre, match.start(), "0123456789"
        )
        if (
            not (ecrit.isdigit() and _get_mot_avant(ombre, match.start()) in autres)
            and regrouped not in autres
        ):
            yield NatureIdentifiant.TELEPHONE, match.start(), match.end()


def find_telephones_nus(ombre: str) -> Iterator[Borne]:
    """Numbers of a country written without « + »."""
    for match in _TELEPHONE_NU.finditer(ombre):
        numero = _compact(match.group())
        autres = _FISC_ANNONCE | _REFERENCE_ANNONCE
        if _get_mot_avant(ombre, match.start()) not in autres and not (
            len(numero) == 13 and _has_cle_nif(numero)
        ):
            yield NatureIdentifiant.TELEPHONE, match.start(), match.end()


def find_telephones_plus(ombre: str) -> Iterator[Borne]:
    """Numbers of any country written with « + »: nine digits at least, so that a sum is not one."""
    for match in _TELEPHONE_PLUS.finditer(ombre):
        yield NatureIdentifiant.TELEPHONE, match.start(), match.end()


def _decide_suite(ombre: str, debut: int, fin: int, numero: str) -> NatureIdentifiant | None:
    if len(numero) not in (7, 10, 13, 15):
        return None
    avant = _get_mot_avant(ombre, debut)
    nature: NatureIdentifiant | None = None
    if len(numero) == 15 and numero[0] in "12345678" and (_has_cle_nir(numero) or avant in _NIR_ANNONCE):
        nature = NatureIdentifiant.NIR
    elif len(numero) == 13 and (_has_cle_nif(numero) or avant in _NIR_ANNONCE | _FISC_ANNONCE):
        nature = NatureIdentifiant.NIR if avant in _NIR_ANNONCE else NatureIdentifiant.NUMERO_FISCAL
    elif len(numero) == 10 and numero in _MOIS_DE_SUITE:
        nature = None
    elif len(numero) == 10 and _DEBUT_DE_TELEPHONE.match(numero) and avant not in _REFERENCE_ANNONCE:
        nature = NatureIdentifiant.TELEPHONE
    elif len(numero) == 7 and avant in _ALLOCATAIRE_ANNONCE and not _MONTANT.match(ombre, fin):
        nature = NatureIdentifiant.ALLOCATAIRE_CAF
    return nature


def find_suites(ombre: str) -> Iterator[Borne]:
    """Digits in any other grouping: the key, their number and the words before tell what they are."""
    for match in _SUITE.finditer(ombre):
        debut, fin = match.span()
        # A run longer than fifteen digits and their separators is a table, not a number.
        nature = _decide_suite(ombre, debut, fin, _compact(match.group())) if fin - debut <= 45 else None
        if nature:
            yield nature, debut, fin


def find_reperes(ombre: str) -> Iterator[Borne]:
    """Numbers that a word nearby tells apart: seven digits near « CAF », with a letter near « France Travail »."""
    found: dict[int, Borne] = {}
    for nature, (suite, voisinage) in _REPERES.items():
        for match in suite.finditer(ombre):
            debut, fin = match.span()
            if voisinage.search(ombre, max(0, debut - _AVANT), fin + _AVANT // 2):
                found.setdefault(debut, (nature, debut, fin))
    yield from (found[debut] for debut in sorted(found))
