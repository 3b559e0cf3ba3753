"""« de Rose », « d’Aïda »: the little words that lose their vowel. Pure."""

from app.domain.mots.folding import fold

_VOYELLES = tuple("aeiou")


def de(nom: str) -> str:
    """The name after « de ». A first name that starts with h or y keeps « de », which is never wrong to read."""
    return f"d’{nom}" if fold(nom).startswith(_VOYELLES) else f"de {nom}"
