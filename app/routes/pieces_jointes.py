"""`/pieces-jointes`: the files of a form, joined and taken back while it is written; `/pieces-jointes/{id}`: one file.

Without JavaScript the form’s own address takes its files: see `domain/pieces_jointes/champ.py`.
"""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath

from app import pages, session
from app.domain.demandes import get_demande
from app.domain.errors import Conflit, Introuvable, Refus
from app.domain.pieces_jointes.ajout import Rejet
from app.domain.pieces_jointes.champ import Champ, follow_champ, load_champ
from app.domain.pieces_jointes.ouverture import open_piece
from app.formulaire import MAX_NUMERO, Formulaire, as_id, as_uuid
from app.routes.params import Form, Now, Signed, Visit
from app.televersement import MAX_ENVOI

REGION = "pieces_jointes/champ.html"
DECONNECTE = (
    "Votre session a pris fin : envoyez ou enregistrez votre texte, il sera gardé le temps de vous reconnecter, "
    "puis joignez vos fichiers."
)


@get("/pieces-jointes/{piece:str}")
async def get_piece(signed: Signed, piece: FromPath[str], now: Now) -> Response[bytes]:
    """The file, as an attachment under its name: nothing is ever shown on this site’s own address (quality S6).

    A range is not served: a part would not say what the whole is, and no file is heavier than 10 Mo.
    """
    known = as_uuid(piece)
    if known is None:
        raise Introuvable
    ouverte = await open_piece(signed, known, now)
    return Response(
        content=ouverte.contenu,
        media_type=ouverte.type_mime,
        headers={
            "Content-Disposition": disposition(ouverte.nom),
            "Content-Type": ouverte.type_mime,
            "Accept-Ranges": "none",
        },
    )


def disposition(nom: str) -> str:
    """RFC 6266: a plain name for old browsers, the true one beside it."""
    plain = "".join(char if " " <= char < "\x7f" and char not in '"\\%' else "_" for char in nom)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(nom, safe='')}"


@post("/pieces-jointes", opt={"public": True}, request_max_body_size=MAX_ENVOI)
async def create_pieces(request: Visit, form: Form, now: Now) -> Response[Any]:
    """Join or take back files as soon as they are chosen; what is typed around stays as it is on screen."""
    signed = session.read_signed(request)
    formulaire = form.cle("pieces_de")
    if not pages.is_htmx(request):
        return pages.go(request, _page_of(form)) if signed else await session.turn_away(request)
    if formulaire is None:
        raise Introuvable
    if signed is None:
        # The page is not taken away from under the typing hands.
        return await _show(request, _refused(form, Champ(formulaire), DECONNECTE))
    numero = _numero_of(form)
    demande = await get_demande(signed.droits, numero) if numero else None
    try:
        champ = await follow_champ(signed, form, formulaire, demande, now)
    except (Refus, Conflit) as refus:
        champ = _refused(form, await load_champ(signed, formulaire, numero, now), refus.phrase)
    return await _show(request, champ)


async def _show(request: Visit, champ: Champ) -> Response[str]:
    return await pages.show_region(request, REGION, status=422 if champ.rejets else 200, champ=champ)


def _refused(form: Formulaire, champ: Champ, phrase: str) -> Champ:
    sent = form.fichiers.get("fichiers", ())
    rejets = tuple(Rejet(fichier.nom, phrase) for fichier in sent[:1])
    return Champ(champ.formulaire, _numero_of(form), champ.pieces, rejets or (Rejet("", phrase),))


def _numero_of(form: Formulaire) -> int | None:
    return as_id(form.texte("pieces_demande"), MAX_NUMERO)


def _page_of(form: Formulaire) -> str:
    numero = _numero_of(form)
    return f"/demandes/{numero}" if numero else "/demandes/nouvelle"


ROUTES = [get_piece, create_pieces]
