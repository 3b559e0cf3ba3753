"""E-mail addresses as people type them. Pure; this is the only module that knows `email_validator`."""

from email_validator import EmailNotValidError, validate_email

#: The longest address a mail can be sent to (RFC 5321).
LONGUEUR_MAX = 254


def read_adresse(texte: str) -> str | None:
    """The address in lower case and in ASCII, as a mail carries it; None when a mail could not be sent there.

    Nothing is asked of the network. « =? » is refused although it is valid: a mail reads it as an encoded word, so
    that one address could be another, or one that cannot be written.
    """
    plain = texte.strip()
    if len(plain) > LONGUEUR_MAX or "=?" in plain:
        return None
    try:
        read = validate_email(plain, check_deliverability=False, strict=True, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return read.ascii_email.lower() if read.ascii_email else None
