"""Ask for a judgement, and say what is expected of it."""

import pytest

from app.domain.fichiers import FichierAccepte, FichierRefuse, check_fichier


def take(nom: str, contenu: bytes) -> FichierAccepte:
    """The file, which must be taken."""
    return check_fichier(nom, contenu)


def refusal(nom: str, contenu: bytes) -> str:
    """Why it is refused, which it must be."""
    with pytest.raises(FichierRefuse) as refus:
        check_fichier(nom, contenu)
    return refus.value.phrase
