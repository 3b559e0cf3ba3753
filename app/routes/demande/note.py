"""`/demandes/{numero}/note`: what the usager takes home, on screen to be printed, or as a PDF (product §7): who is
beside them makes it, and it needs no account.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get

from app import pages
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.demandes.demande import Demande
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import can_give_note, is_on_aidant_side, require
from app.impression import STYLE_NOTE
from app.pages import Contexte
from app.routes.demande.papier import Autrement, send_pdf
from app.routes.demande.recu import ContenuNote, note_of
from app.routes.params import Now, Signed, TheDemande, Visit

PAGE = "demande/note.html"


@dataclass(frozen=True, kw_only=True)
class NoteUsager(Contexte):
    """The note; `illisibles`: on this paper, some letters are boxes."""

    templates = (PAGE,)
    note: ContenuNote
    illisibles: bool = False


@get("/demandes/{numero:str}/note")
async def get_note(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[str]:
    """A page made for printing, for the usager."""
    return await pages.show(request, PAGE, _build(signed, demande, now))


@get("/demandes/{numero:str}/note.pdf")
async def get_note_pdf(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """The same as a PDF."""
    context = _build(signed, demande, now)
    return await send_pdf(
        request,
        signed,
        demande,
        PAGE,
        lambda illisibles: replace(context, illisibles=illisibles),
        nom=f"note-demande-{demande.numero}.pdf",
        feuille=STYLE_NOTE,
        autrement=Autrement(
            "La note n’a pas pu être imprimée",
            "La même note s’ouvre à l’écran, d’où votre navigateur l’imprime.",
            (("Ouvrir la note", f"/demandes/{demande.numero}/note"),),
        ),
    )


def _build(signed: SignedAgent, demande: Demande, now: datetime) -> NoteUsager:
    """Raises Refus to who does not speak for the usager, Introuvable once the personal data are gone."""
    require(is_on_aidant_side(signed.droits, demande.parties))
    if not can_give_note(signed.droits, demande.parties):
        raise Introuvable
    return NoteUsager(note=note_of(demande, now, signed.zone))


ROUTES = [get_note, get_note_pdf]
