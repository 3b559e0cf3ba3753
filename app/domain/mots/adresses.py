"""E-mail addresses as people type them. Pure; this is the only module that knows `email_validator`."""

import re

from email_validator import EmailNotValidError, validate_email

from app.domain.mots.folding import APOSTROPHE, drop_unseen

#: The longest address a mail can be sent to (RFC 5321), and what stands before its « @ ».
LONGUEUR_MAX, LOCALE_MAX = 254, 64
#: Mail programs copy an address as « Prénom Nom <adresse> », « adresse <mailto:adresse> », « adresse (Prénom Nom) »,
#: between quotes, or with the sign that ended the sentence.
_AUTOUR = " \t\r\n.,;:\"'«»‹›“”‘’<>()[]{}|•*`"
_MAILTO = re.compile(r"mailto:(?://)?", re.IGNORECASE)
#: A link may hold the subject of the mail, and a signature or a directory says what follows.
_SUJET = re.compile(r"\?(?:subject|body|cc|bcc)=[^\s>)\]]*", re.IGNORECASE)
_ETIQUETTE = re.compile(
    r"^(?:adresse[ \t]+)?(?:adresse|courriel|e-?mail|mail|m[eé]l)(?:[ \t]*:|\.?[ \t])[ \t]*(?=[^\s@]+@)|^[-–—][ \t]+",
    re.IGNORECASE,
)
_ARROBE = re.compile(r"[ \t]+@[ \t]*|@[ \t]+")
_ADRESSE = re.compile(r"[^<>()\[\]{}\s,;:|\"]{1,64}@[^<>()\[\]{}\s,;:|\"@]{1,254}")
_ENTOUREE = re.compile(
    r"(?:^|[<(\[])[ \t]*([^<>()\[\]\s,;\"]{1,254}@[^<>()\[\]\s,;\"]{1,254})[ \t]*(?=[<(\[>)\]]|$)"
)


def read_adresse(texte: str) -> str | None:
    """The address in lower case and in ASCII, as a mail carries it; None when a mail could not be sent there.

    Nothing is asked of the network. « =? » is refused although it is valid: a mail reads it as an encoded word, so
    that one address could be another, or one that cannot be written.
    """
    plain = _plain(texte)
    if len(plain) > LONGUEUR_MAX or "=?" in plain:
        return None
    try:
        read = validate_email(plain, check_deliverability=False, strict=True, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return read.ascii_email.lower() if read.ascii_email else None


def say_fault(texte: str) -> str:
    """What is wrong with what `read_adresse` does not read, in French, with what to do."""
    plain = _plain(texte)
    locale, _, domaine = plain.partition("@")
    if len(_list_adresses(plain.replace("/", " "))) > 1:
        return "Il y a ici plusieurs adresses. N’en gardez qu’une, de la forme prenom.nom@structure.fr."
    if len(plain) > LONGUEUR_MAX or len(locale) > LOCALE_MAX:
        return "Cette adresse est trop longue. Vérifiez qu’elle est seule. Elle a la forme prenom.nom@structure.fr."
    if not locale or "." not in domaine.strip("."):
        return "Cette adresse est incomplète. Elle a la forme prenom.nom@structure.fr."
    return "Cette adresse contient un signe qu’une adresse ne peut pas avoir. Elle a la forme prenom.nom@structure.fr."


def _plain(texte: str) -> str:
    # A text longer than a few addresses is not read any further.
    # Keyboards that think of typography write « d’arc@… »; no address holds another apostrophe than the straight one.
    seen = drop_unseen(texte[: 8 * LONGUEUR_MAX].translate(APOSTROPHE))
    plain = _ETIQUETTE.sub("", _SUJET.sub("", _MAILTO.sub("", seen)).strip())
    found = _list_entourees(plain)
    return found.pop() if len(found) == 1 else _ARROBE.sub("@", plain.strip(_AUTOUR)).rstrip(" !?…")


def _list_entourees(plain: str) -> set[str]:
    """The addresses, when one stands between signs or before some: what else is written is a name."""
    if not any(sign in plain for sign in "<([") or _ENTOUREE.search(plain) is None:
        return set()
    return _list_adresses(plain)


def _list_adresses(plain: str) -> set[str]:
    return {one.strip(_AUTOUR).lower() for one in _ADRESSE.findall(plain)}
