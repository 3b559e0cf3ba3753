"""What is typed in a demande: one object from the form, or its draft, to the thread, and back to the page."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.mots.champs import Champs


@dataclass(frozen=True, kw_only=True, repr=False)
class Ecrit:
    """What one form writes in the thread, from the form to the line. Its repr says nothing: it may end in a log."""

    cle: UUID
    """The form: the same one sent twice makes one line."""
    texte: str = ""
    signature: str = ""
    """Who signs, for a compte collectif."""
    is_prive: bool = False
    is_procedure: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class MessageSaisi(Ecrit):
    """An answer, or a quick answer. The keys of `Invalide.erreurs` are the names of these fields."""

    rapide: ReponseRapide | None = None
    """The quick answer whose button was pressed; none for a message."""
    motif: str = ""
    """The word of explanation of a quick answer."""
    groupe: int | None = None
    """For which of their solicited groupes an instructeur acts (see `sollicitations.find_part`)."""
    is_traitee: bool = False
    relances: tuple[int, ...] = ()
    """Groupes asked again."""
    vu: int = 0
    """The last line the writer had on screen."""
    confirme: bool = False
    """What arrived meanwhile was shown above the text."""


@dataclass(frozen=True, kw_only=True, repr=False)
class InvitationSaisie(Ecrit):
    """Who is invited, with a word for them or none."""

    groupes: tuple[int, ...] = ()
    collegues: tuple[int, ...] = ()
    experts: bool = False


def read_message(form: Champs, cle: UUID | None = None) -> MessageSaisi:
    """What was typed; an unknown quick answer is a message, which has to be written."""
    acte = form.texte("acte")
    return MessageSaisi(
        cle=cle or form.cle("cle") or uuid4(),
        texte=form.texte("texte"),
        rapide=ReponseRapide(acte) if acte in set(ReponseRapide) else None,
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


def with_message(typed: MessageSaisi, message: MessageSaisi) -> MessageSaisi:
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


def read_invitation(form: Champs) -> InvitationSaisie:
    """Who was ticked, and the word."""
    return InvitationSaisie(
        cle=form.cle("cle") or uuid4(),
        texte=form.texte("texte"),
        is_prive=form.is_checked("is_prive"),
        groupes=tuple(form.identifiants("groupes")),
        collegues=tuple(form.identifiants("collegues")),
        experts=form.is_checked("experts"),
    )
