"""Phone numbers, of métropole, overseas and abroad, as people type them. Pure.

This is the only module that knows `phonenumbers`. A French number is kept in its international form
(« +33612345678 »), which is what a provider dials and what is compared.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

LONGUEUR_MAX = 40
#: `phonenumbers` knows each overseas territory as a region of its own; BL and MF share the plan of the Guadeloupe.
REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF")
MOBILES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
#: The regulator keeps these numbers for fiction: nobody has one, so trainings and demonstrations may use them.
FICTION = re.compile(r"\+3363998\d{4}")
_INDICATIFS_A_NEUF_CHIFFRES = ("33", "262", "590", "594", "596")


def read_numero(texte: str) -> str | None:
    """The international form of a French number, mobile or not; None when it is no French number."""
    found = _read(texte)
    return None if found is None else phonenumbers.format_number(found, PhoneNumberFormat.E164)


def is_mobile(numero: str) -> bool:
    """Whether a number given by `read_numero` can receive an SMS."""
    return bool(FICTION.fullmatch(numero)) or (
        phonenumbers.number_type(phonenumbers.parse(numero)) in MOBILES
    )


def is_known(texte: str) -> bool:
    """Whether this is a number of some country, typed the French way or with its « + »."""
    return any(phonenumbers.is_valid_number(number) for number in _parse_all(texte))


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
    # « +33 (0)6… »: the zero in brackets is read aloud in France only.
    plain = texte.replace("(0)", "")
    chiffres = re.sub(r"[^0-9]", "", plain)
    if "+" not in plain[:3] and not chiffres.startswith("00"):
        return chiffres
    chiffres = chiffres.removeprefix("00")
    for indicatif in _INDICATIFS_A_NEUF_CHIFFRES:
        reste = chiffres.removeprefix(indicatif).removeprefix("0")
        if chiffres.startswith(indicatif) and len(reste) == 9:
            return f"0{reste}"
    return f"+{chiffres}" if chiffres else ""


def _parse_all(texte: str) -> Iterator[PhoneNumber]:
    """The number as each territory would dial it; nothing when no territory could."""
    for region in REGIONS:
        with suppress(phonenumbers.NumberParseException):
            yield phonenumbers.parse(texte, region)


def _read(texte: str) -> PhoneNumber | None:
    if len(texte) > LONGUEUR_MAX or re.search(r"[^\d\s+().\-/]", texte):
        return None
    for number in _parse_all(texte.replace("(0)", "")):
        if FICTION.fullmatch(phonenumbers.format_number(number, PhoneNumberFormat.E164)):
            return number
        if phonenumbers.region_code_for_number(number) in REGIONS and phonenumbers.is_valid_number(number):
            return number
    return None
