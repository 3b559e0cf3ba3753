"""How a person is named where there is little room. Pure."""


def shorten_name(prenom: str, famille: str) -> str:
    """« Idir H. »."""
    initiale = famille[:1].upper()
    return f"{prenom} {initiale}." if initiale else prenom
