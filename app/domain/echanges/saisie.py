"""An answer as it was typed: one object from the form, or its draft, to the thread, and back to the page. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid4


class Champs(Protocol):
    """What is read of a form, wherever it comes from: a post, a draft."""

    @property
    def champs(self) -> Mapping[str, list[str]]:
        """Every value, by the name of its field."""

    def texte(self, nom: str) -> str:
        """The last value, cleaned."""

    def is_checked(self, nom: str) -> bool:
        """A box is ticked."""

    def identifiant(self, nom: str) -> int | None:
        """A row id, or None."""

    def identifiants(self, nom: str) -> list[int]:
        """Row ids without repeats."""

    def cle(self, nom: str) -> UUID | None:
        """A UUID, or None."""


class Acte(StrEnum):
    """What the button pressed does."""

    MESSAGE = "message"
    PRISE_EN_CHARGE = "prise_en_charge"
    DECLINEE = "declinee"


@dataclass(frozen=True, repr=False)
class Saisie:
    """The fields of the answer and of the quick answers. Its repr says nothing: it may end in a log.

    The keys of `Invalide.erreurs` are the names of these fields.
    """

    cle: UUID
    texte: str = ""
    acte: Acte = Acte.MESSAGE
    motif: str = ""
    """Why one declines."""
    groupe: int | None = None
    """For which of their solicited groupes an instructeur acts (see `sollicitations.find_part`)."""
    is_prive: bool = False
    is_procedure: bool = False
    is_traitee: bool = False
    relances: tuple[int, ...] = ()
    """Groupes asked again."""
    signature: str = ""
    vu: int = 0
    """The last line the writer had on screen."""
    confirme: bool = False
    """What arrived meanwhile was shown above the text."""


def read_saisie(form: Champs, cle: UUID | None = None) -> Saisie:
    """What was typed; an unknown act is a message, which has to be written."""
    acte = form.texte("acte")
    return Saisie(
        cle=cle or form.cle("cle") or uuid4(),
        texte=form.texte("texte"),
        acte=Acte(acte) if acte in set(Acte) else Acte.MESSAGE,
        motif=form.texte("motif"),
        groupe=form.identifiant("groupe"),
        is_prive=form.is_checked("is_prive"),
        is_procedure=form.is_checked("is_procedure"),
        is_traitee=form.is_checked("is_traitee"),
        relances=tuple(form.identifiants("relances")),
        signature=form.texte("signature"),
        vu=form.identifiant("vu") or 0,
        confirme=form.is_checked("confirme"),
    )


def with_message(typed: Saisie, message: Saisie) -> Saisie:
    """The message being written, under its own key, beside what was typed in the form of a quick answer."""
    return replace(
        typed,
        cle=message.cle,
        texte=message.texte,
        is_prive=message.is_prive,
        is_procedure=message.is_procedure,
        is_traitee=message.is_traitee,
        relances=message.relances,
    )
