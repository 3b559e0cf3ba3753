"""The file field of a form: what it holds, what it just took, what it refused; the same for every form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.fichiers import ACCEPT, FICHIERS_MAX
from app.domain.pieces_jointes.ajout import Rejet, add_pieces, remove_piece
from app.domain.pieces_jointes.liste import Piece, list_formulaire
from app.domain.pieces_jointes.photos import PhotosAttente, await_photos, find_attente

RETIREE = "Le fichier est retiré."
RIEN = "Choisissez d’abord un ou plusieurs fichiers."
PARTI = (
    "Un fichier affiché sur cette page n’est plus joint\u00a0: il a été retiré dans une autre fenêtre, ou refusé par "
    "l’antivirus. Joignez-le de nouveau, ou envoyez sans lui."
)
#: The buttons: one shows the code, the other looks at what came.
OUVRIR, VOIR = "ouvrir", "voir"
CODE_FINI = (
    "Le code pour votre téléphone n’est plus valable\u00a0: affichez-en un autre s’il reste des photos."
)


class Envoi(Protocol):
    """What is read of a posted form."""

    @property
    def fichiers(self) -> Mapping[str, Sequence[Any]]:
        """Every file, by the name of its field."""

    def cle(self, nom: str) -> UUID | None:
        """A UUID, or None."""

    def is_checked(self, nom: str) -> bool:
        """A button was pressed."""

    def texte(self, nom: str) -> str:
        """The value typed; empty when absent."""

    def identifiant(self, nom: str) -> int | None:
        """A number, or None."""


@dataclass(frozen=True, repr=False)
class Panier:
    """The field, ready to be shown; `demande`: the number of the demande answered; `attente`: a phone may add to it."""

    formulaire: UUID
    demande: int | None = None
    pieces: tuple[Piece, ...] = ()
    rejets: tuple[Rejet, ...] = ()
    remarques: tuple[str, ...] = ()
    joints: int = 0
    attente: PhotosAttente | None = None
    is_code_nouveau: bool = False
    is_retiree: bool = False
    is_perdu: bool = False
    """A file was chosen that nobody could take: it has to be joined again."""
    accept: str = ACCEPT

    @property
    def has_room(self) -> bool:
        """One more may be joined."""
        return len(self.pieces) < FICHIERS_MAX

    @property
    def erreurs(self) -> dict[str, str]:
        """For the summary of errors: the only refusal, or how many there are."""
        if not self.rejets:
            return {}
        if len(self.rejets) == 1:
            return {"fichiers": phrase_of(self.rejets[0])}
        compte = len(self.rejets)
        return {"fichiers": f"{compte} fichiers n’ont pas été joints\u00a0: la raison est dite pour chacun."}


def phrase_of(rejet: Rejet) -> str:
    """« photo.gif » : pourquoi."""
    return f"«\u00a0{rejet.nom}\u00a0»\u00a0: {rejet.phrase}" if rejet.nom else rejet.phrase


def asks_only_for_files(form: Envoi) -> bool:
    """A button of the field was pressed: the form is shown again, it does not leave."""
    return form.is_checked("joindre") or form.cle("retirer") is not None or form.texte("photos") != ""


async def follow_panier(
    signed: Signed, form: Envoi, formulaire: UUID, demande: Demande | None, now: datetime
) -> Panier | None:
    """Take the files of a post and take back the one named by `retirer`; the field as it is then, under the next
    name of the form when it was already sent. What would leave without a file that its page shows comes back first.

    None when the post says nothing of files, or only which ones its page shows and they are all there.
    Raises Refus and Conflit like `add_pieces`.
    """
    sent, retiree = form.fichiers.get("fichiers", ()), form.cle("retirer")
    is_stale = not asks_only_for_files(form) and await _has_lost(signed, form.texte("jointes"))
    if not sent and not asks_only_for_files(form) and not is_stale:
        return None
    if retiree is not None:
        await remove_piece(signed, formulaire, retiree)
    ajouts = await add_pieces(signed, formulaire, sent, demande, now)
    if form.is_checked("joindre") and not sent:
        ajouts.rejets.append(Rejet("", RIEN))
    if is_stale:
        ajouts.rejets.append(Rejet("", PARTI))
    panier = await load_panier(signed, ajouts.formulaire, demande.numero if demande else None, now)
    panier = replace(
        panier,
        rejets=tuple(ajouts.rejets),
        remarques=(RETIREE, *ajouts.remarques) if retiree else tuple(ajouts.remarques),
        joints=len(ajouts.taken),
        is_retiree=retiree is not None,
    )
    if form.texte("photos") or form.texte("photos_vues"):
        return await _await_photos(signed, form, panier, demande, now)
    return panier


LEFT = """
select count(*) from pieces_jointes where id = any(:jointes) and uploaded_by = :agent and erased_at is null
"""


async def _has_lost(signed: Signed, jointes: str) -> bool:
    """Whether one of these files (ids between spaces), which a page shows, is gone; sent meanwhile, it is not."""
    try:
        shown = [UUID(un) for un in jointes.split()[:FICHIERS_MAX]]
    except ValueError:
        return False
    if not shown:
        return False
    row = await database.fetch_one(LEFT, jointes=shown, agent=signed.droits.agent)
    return row is None or row["count"] < len(shown)


async def _await_photos(
    signed: Signed, form: Envoi, panier: Panier, demande: Demande | None, now: datetime
) -> Panier:
    """The same field with its code, and what the phone has added since it was shown (`photos_vues` were there)."""
    is_asked = form.texte("photos") == OUVRIR
    if is_asked:
        attente = await await_photos(signed, panier.formulaire, demande, now)
    else:
        attente = await find_attente(signed, now, formulaire=panier.formulaire)
    remarques = panier.remarques if attente else (*panier.remarques, CODE_FINI)
    joints = panier.joints
    if form.texte("photos") == VOIR:
        joints = max(len(panier.pieces) - (form.identifiant("photos_vues") or 0), 0)
    return replace(panier, attente=attente, remarques=remarques, joints=joints, is_code_nouveau=is_asked)


async def load_panier(
    signed: Signed,
    formulaire: UUID,
    demande: int | None,
    now: datetime,
    *,
    rejets: tuple[Rejet, ...] = (),
) -> Panier:
    """The field with what it holds now."""
    pieces = await list_formulaire(signed.droits.agent, formulaire, now)
    return Panier(formulaire, demande, pieces, rejets)
