"""What is typed in a demande: one object from the form, or its draft, to the thread, and back to the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from app.domain.demandes.vu import Vu, read_vu
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.mots.champs import Champs

TEXTE_MAX = 10_000


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
    is_document: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class InvitationSaisie(Ecrit):
    """Who is invited, with a word for them or none."""

    groupes: tuple[int, ...] = ()
    collegues: tuple[int, ...] = ()
    experts: bool = False
    vu: Vu = field(default_factory=Vu)
    """What the page it was opened from had seen."""


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
    procedure: str = ""
    """The procédure standard in words for every aidant; empty when it is not proposed to them."""
    relances: tuple[int, ...] = ()
    """Groupes asked again."""
    documents: tuple[str, ...] = ()
    """What is asked of the aidant, in the words of the list."""
    collegue: int = 0
    """To whom a quick answer hands over; 0 for nobody."""
    invitation: InvitationSaisie | None = None
    """Who takes over from a groupe that declines, invited by the same act."""
    vu: Vu = field(default_factory=Vu)
    """What the writer had on screen."""
    page: str = ""
    """The name of the window it is written in."""
    apres: str = ""
    """The trace of the draft that this window was opened with."""

    @property
    def en_brouillon(self) -> Mapping[str, list[str]]:
        """What tells it from the draft of another window, by field of the form."""
        return {
            "page": [self.page],
            "apres": [self.apres],
            "texte": [self.texte],
            "procedure": [self.procedure],
            "documents": list(self.documents),
        }


def read_message(form: Champs, cle: UUID | None = None) -> MessageSaisi:
    """What was typed; an unknown quick answer is a message, which has to be written. `rouvrir` names the ended part
    that the message opens again: it is then the words of « Je m’en occupe ». `transfert` names the part that ends for
    those who are invited: their word says why it is declined.
    """
    cle = cle or form.cle("cle") or uuid4()
    rouvrir, transfert = form.identifiant("rouvrir"), form.identifiant("transfert")
    rapide = _rapide_of(form, rouvrir, transfert)
    invitation = replace(read_invitation(form), cle=cle, texte="", signature="", is_prive=False, vu=Vu())
    has_suite = rapide is ReponseRapide.DECLINEE and (transfert or invitation.groupes)
    return MessageSaisi(
        cle=cle,
        texte="" if transfert else form.texte("texte"),
        rapide=rapide,
        motif=form.texte("motif") or (form.texte("texte") if rouvrir or transfert else ""),
        groupe=rouvrir or transfert or form.identifiant("groupe"),
        is_prive=form.is_checked("is_prive"),
        is_procedure=form.is_checked("is_procedure") or bool(form.texte("procedure")),
        procedure=form.texte("procedure"),
        is_traitee=form.is_checked("is_traitee"),
        relances=tuple(form.identifiants("relances")),
        documents=tuple(form.textes("documents")),
        collegue=form.identifiant("collegue") or 0,
        invitation=invitation if has_suite else None,
        signature=form.texte("signature"),
        vu=read_vu(form.texte("vu")),
        page=form.texte("page"),
        apres=form.texte("apres"),
    )


def _rapide_of(form: Champs, rouvrir: int | None, transfert: int | None) -> ReponseRapide | None:
    if rouvrir or transfert:
        return ReponseRapide.PRISE_EN_CHARGE if rouvrir else ReponseRapide.DECLINEE
    acte = form.texte("acte")
    return ReponseRapide(acte) if acte in set(ReponseRapide) else None


def with_message(typed: MessageSaisi, message: MessageSaisi) -> MessageSaisi:
    """The message being written, under its own key, beside what was typed in the form of a quick answer."""
    return replace(
        typed,
        cle=message.cle,
        texte=message.texte,
        is_prive=message.is_prive,
        is_procedure=message.is_procedure,
        procedure=message.procedure,
        is_traitee=message.is_traitee,
        relances=message.relances,
        documents=message.documents,
        page=message.page,
        apres=message.apres,
    )


def with_motif(saisi: MessageSaisi) -> MessageSaisi:
    """The word of a quick answer that is no longer offered, after the message being written: nothing typed is lost."""
    if saisi.motif in {"", saisi.texte}:
        return saisi
    return replace(saisi, texte="\n\n".join(filter(None, (saisi.texte, saisi.motif))), motif="")


def read_invitation(form: Champs) -> InvitationSaisie:
    """Who was ticked, and the word."""
    return InvitationSaisie(
        cle=form.cle("cle") or uuid4(),
        texte=form.texte("texte"),
        signature=form.texte("signature"),
        is_prive=form.is_checked("is_prive"),
        groupes=tuple(form.identifiants("groupes")),
        collegues=tuple(form.identifiants("collegues")),
        experts=form.is_checked("experts"),
        vu=read_vu(form.texte("vu")),
    )


def check_length(texte: str, champ: str) -> dict[str, str]:
    """What to correct in this field, if it is too long."""
    if len(texte) <= TEXTE_MAX:
        return {}
    return {champ: f"Le message dépasse 10 000 caractères (il en compte {len(texte)})."}
