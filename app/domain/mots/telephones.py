"""Phone numbers, of métropole, overseas and abroad, as people type them. Pure.

This is the only module that knows `phonenumbers`. A French number is kept in its international form
(« +33612345678 »), which is what a provider dials and what is compared.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from app.domain.mots.folding import drop_unseen

LONGUEUR_MAX = 40
#: `phonenumbers` knows each overseas territory as a region of its own, told here by the clock of its département.
TERRITOIRES = {
    "Europe/Paris": ("FR", "France métropolitaine"),
    "America/Guadeloupe": ("GP", "Guadeloupe"),
    "America/Martinique": ("MQ", "Martinique"),
    "America/Cayenne": ("GF", "Guyane"),
    "Indian/Reunion": ("RE", "La Réunion"),
    "Indian/Mayotte": ("YT", "Mayotte"),
    "America/Miquelon": ("PM", "Saint-Pierre-et-Miquelon"),
    "Pacific/Noumea": ("NC", "Nouvelle-Calédonie"),
    "Pacific/Tahiti": ("PF", "Polynésie française"),
    "Pacific/Wallis": ("WF", "Wallis-et-Futuna"),
    "America/St_Barthelemy": ("BL", "Saint-Barthélemy"),
    "America/Marigot": ("MF", "Saint-Martin"),
}
REGIONS = dict(TERRITOIRES.values())
MOBILES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
#: The regulator keeps these numbers for fiction: nobody has one, so trainings and demonstrations may use them.
FICTION = re.compile(r"\+3363998\d{4}")
#: What people put between the digits, beside spaces, points and dashes.
_ENTRE = re.compile("[·•∙,_|:;'’\t]")
#: A number copied from a signature, a sheet or a link comes with what announces it, and with whose it is.
_ETIQUETTE = re.compile(
    r"^(?:(?:t[eé]l(?:[eé]phone)?|portable|port|mobile|mob|gsm|sms|whatsapp|num[eé]ro|n°|☎|☏|✆|📞|📱)\s*\.?\s*){1,3}"
    r"(?=[\d+(])",
    re.IGNORECASE,
)
_A_QUI = re.compile(r"\s*\([^\d()]{1,30}\)$")
_GUILLEMETS = " \t\r\n\"“”«»'‘’=[]"
#: From métropole, Saint-Pierre-et-Miquelon is dialled « 0508 » and six digits; abroad, « +508 » and the same six.
_MIQUELON = "+33508"
_INDICATIFS_A_NEUF_CHIFFRES = ("33", "262", "590", "594", "596")


def read_numero(texte: str, fuseau: str = "") -> str | None:
    """The international form of a French number, mobile or not; None when it is none, or may be several.

    `fuseau`: the time zone of the usager’s département, whose territory is dialled first (« 75 12 34 » rings in
    Nouvelle-Calédonie and in Saint-Pierre-et-Miquelon).
    """
    found = list_numeros(texte, fuseau)
    return found[0] if len(found) == 1 and not _is_short_elsewhere(texte, found[0], fuseau) else None


def list_numeros(texte: str, fuseau: str = "") -> list[str]:
    """Every French number this may be: the one of the territory of `fuseau` alone, else one for each territory."""
    plain = _plain(texte)
    if len(plain) > LONGUEUR_MAX or re.search(r"[^\d\s+().\-/]", plain):
        return []
    found = {region: numero for region, number in _parse_all(plain) if (numero := _if_french(number))}
    own = TERRITOIRES[fuseau][0] if fuseau in TERRITOIRES else ""
    return [found[own]] if own in found else list(dict.fromkeys(found.values()))


def _plain(texte: str) -> str:
    written = drop_unseen(texte[: 8 * LONGUEUR_MAX]).strip(_GUILLEMETS)
    return _ETIQUETTE.sub("", _ENTRE.sub(" ", _A_QUI.sub("", written)).strip())


def say_fault(texte: str, fuseau: str) -> str:
    """Why `read_numero` does not read this, with what to do: it may be several numbers, or none."""
    found = list_numeros(texte, fuseau)
    if not found:
        return "Ce numéro n’est pas un numéro français complet. Exemple\u00a0: 06 12 34 56 78."
    each = " ou ".join(f"{_say_abroad(numero)} ({_territoire_of(numero)})" for numero in found)
    if len(found) == 1:
        return (
            f"Ce numéro est incomplet ici. S’il est d’ailleurs, écrivez-le avec son indicatif\u00a0: {each}."
        )
    return f"Ce numéro existe dans plusieurs territoires. Écrivez-le avec son indicatif\u00a0: {each}."


def _is_short_elsewhere(texte: str, numero: str, fuseau: str) -> bool:
    """Whether six or eight digits ring in another territory than the one of `fuseau`.

    « 87 12 34 56 » typed in Brittany lacks its « 06 », and an SMS would go to somebody in Tahiti.
    """
    chiffres = re.sub(r"\D", "", _plain(texte))
    region = phonenumbers.region_code_for_number(phonenumbers.parse(numero))
    return len(chiffres) < 9 and fuseau in TERRITOIRES and region != TERRITOIRES[fuseau][0]


def is_mobile(numero: str) -> bool:
    """Whether a number given by `read_numero` can receive an SMS."""
    return bool(FICTION.fullmatch(numero)) or (
        phonenumbers.number_type(phonenumbers.parse(numero)) in MOBILES
    )


def is_known(texte: str) -> bool:
    """Whether this is a number of some country, typed the French way or with its « + »."""
    plain = drop_unseen(texte).strip()
    return any(phonenumbers.is_valid_number(number) for _region, number in _parse_all(plain))


def say_numero(numero: str) -> str:
    """As one says it at home: « 06 12 34 56 78 », « 0692 12 34 56 »; as it is when it is no number."""
    try:
        read = phonenumbers.parse(numero)
    except phonenumbers.NumberParseException:
        return numero
    return phonenumbers.format_number(read, PhoneNumberFormat.NATIONAL).replace(" ", "\N{NO-BREAK SPACE}")


def tidy_numero(texte: str) -> str:
    """« 02 96 01 02 03 » when it is a French number, with ordinary spaces because it is typed again; else as typed."""
    numero = read_numero(texte)
    return texte if numero is None else say_numero(numero).replace("\N{NO-BREAK SPACE}", " ")


def normalise_numero(texte: str) -> str:
    """The number as it is compared: ten digits when it is French, else « + » and digits. Twice changes nothing."""
    # In « +33 (0)6… », the zero in brackets is read aloud in France only: nobody dials it after « +33 ».
    plain = drop_unseen(texte).replace("(0)", "").strip()
    chiffres = re.sub(r"[^0-9]", "", plain)
    is_abroad = "+" in plain[:3] or chiffres.startswith("00")
    abroad = chiffres.removeprefix("00")
    for indicatif in _INDICATIFS_A_NEUF_CHIFFRES:
        reste = abroad.removeprefix(indicatif).removeprefix("0")
        # « 33612345678 » lost its « + »: nobody dials eleven digits at home.
        is_one = is_abroad or len(chiffres) == len(indicatif) + 9
        if is_one and abroad.startswith(indicatif) and len(reste) == 9:
            return f"0{reste}"
    if not is_abroad:
        return chiffres
    chiffres = abroad
    return f"+{chiffres}" if chiffres else ""


def _parse_all(texte: str) -> Iterator[tuple[str, PhoneNumber]]:
    """The number as each territory would dial it; nothing when no territory could."""
    for region in REGIONS:
        with suppress(phonenumbers.NumberParseException):
            yield region, phonenumbers.parse(texte.replace("(0)", ""), region)


def _if_french(number: PhoneNumber) -> str | None:
    numero = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if numero.startswith(_MIQUELON):
        return _if_french(phonenumbers.parse(f"+508{numero.removeprefix(_MIQUELON)}"))
    is_french = phonenumbers.region_code_for_number(number) in REGIONS and phonenumbers.is_valid_number(
        number
    )
    return numero if is_french or FICTION.fullmatch(numero) else None


def _say_abroad(numero: str) -> str:
    said = phonenumbers.format_number(phonenumbers.parse(numero), PhoneNumberFormat.INTERNATIONAL)
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def _territoire_of(numero: str) -> str:
    return REGIONS[phonenumbers.region_code_for_number(phonenumbers.parse(numero)) or "FR"]
