"""What is typed in the forms of an answer, from a post or from a draft."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from app.domain.demandes.brouillons import Brouillon
from app.formulaire import Formulaire

# What belongs to the answer alone.
REPONSE = ("texte", "cle", "is_prive", "is_procedure", "is_traitee", "relances")


def typed_message(form: Formulaire) -> dict[str, Any]:
    """The fields of the three forms, as the page takes them back."""
    return {
        "texte": form.texte("texte"),
        "motif": form.texte("motif"),
        "cle": form.cle("cle") or uuid4(),
        "groupe": form.identifiant("groupe"),
        "is_prive": form.is_checked("is_prive"),
        "is_procedure": form.is_checked("is_procedure"),
        "is_traitee": form.is_checked("is_traitee"),
        "relances": tuple(form.identifiants("relances")),
        "signature": form.texte("signature"),
        "ouvert": "declinee" if form.texte("acte") == "declinee" else "",
    }


def with_brouillon(saisie: Mapping[str, Any] | None, brouillon: Brouillon) -> dict[str, Any]:
    """The answer as it was left, beside what was typed in another form of the page.

    Under the key it was typed with: sent from two tabs, it leaves once.
    """
    typed = {**typed_message(Formulaire(brouillon.champs)), "cle": brouillon.cle}
    if saisie is not None:
        return {**saisie, **{nom: typed[nom] for nom in REPONSE}}
    if not typed["signature"]:
        del typed["signature"]  # who signs this session says it better
    return typed
