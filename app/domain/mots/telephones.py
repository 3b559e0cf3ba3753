"""French phone numbers, of métropole and overseas, as people type them. Pure.

A number is kept in its international form (« +33612345678 »), which is what a provider dials and what is compared.
"""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

LONGUEUR_MAX = 40
#: `phonenumbers` knows each overseas territory as a region of its own; BL and MF share the plan of the Guadeloupe.
REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF")
MOBILES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
#: Kept by the regulator for fiction: nobody has it, so trainings and demonstrations may use it.
FICTION = re.compile(r"\+3363998\d{4}")


def read_numero(texte: str) -> str | None:
    """The international form of a French number, mobile or not; None when it is no French number."""
    found = _read(texte)
    return None if found is None else phonenumbers.format_number(found, PhoneNumberFormat.E164)


def is_mobile(numero: str) -> bool:
    """Whether a number given by `read_numero` can receive an SMS."""
    return bool(FICTION.fullmatch(numero)) or (
        phonenumbers.number_type(phonenumbers.parse(numero)) in MOBILES
    )


def say_numero(numero: str) -> str:
    """As one says it at home: « 06 12 34 56 78 », « 0692 12 34 56 »; as it is when it is no number."""
    try:
        read = phonenumbers.parse(numero)
    except phonenumbers.NumberParseException:
        return numero
    return phonenumbers.format_number(read, PhoneNumberFormat.NATIONAL).replace(" ", "\N{NO-BREAK SPACE}")


def _read(texte: str) -> PhoneNumber | None:
    if len(texte) > LONGUEUR_MAX or re.search(r"[^\d\s+().\-/]", texte):
        return None
    # « +33 (0)6… »: the zero in brackets is read aloud in France only.
    plain = texte.replace("(0)", "")
    for region in REGIONS:
        try:
            number = phonenumbers.parse(plain, region)
        except phonenumbers.NumberParseException:
            return None
        if FICTION.fullmatch(phonenumbers.format_number(number, PhoneNumberFormat.E164)):
            return number
        if phonenumbers.region_code_for_number(number) in REGIONS and phonenumbers.is_valid_number(number):
            return number
    return None
