"""`/pieces-jointes`: the files of a form, joined and taken back while it is written; `/pieces-jointes/{id}`: one file.

Without JavaScript the form’s own address takes its files: see `domain/pieces_jointes/panier.py`.
"""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app import csrf, pages, porte, visite
from app.domain.demandes.demande import get_demande
from app.domain.pieces_jointes.ajout import Rejet
from app.domain.pieces_jointes.ouverture import open_piece
from app.domain.pieces_jointes.panier import VOIR, Panier, follow_panier, load_panier
from app.domain.regles.errors import Conflit, Introuvable, Refus
from app.formulaire import NUMERO_MAX, Formulaire, as_id, as_uuid
from app.pages import Contexte
from app.routes.params import Now, Signed, Visit
from app.tableur import attachment
from app.televersement import ENVOI_MAX

REGION = "pieces_jointes/panier.html"
A_REJOINDRE = "Le fichier choisi, lui, n’est pas joint\u00a0: il vous sera redemandé avant l’envoi."


@dataclass(frozen=True, kw_only=True)
class FichiersJoints(Contexte):
    """The file field alone, as it is now."""

    templates = (REGION,)
    panier: Panier


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
            "Content-Disposition": attachment(ouverte.nom),
            "Content-Type": ouverte.type_mime,
            "Accept-Ranges": "none",
        },
    )


def _lose(panier: Panier, form: Formulaire, phrase: str) -> Panier:
    """The field of who is not signed in, or not as the page says: what was just chosen is not kept."""
    if not form.has_files():
        return replace(panier, rejets=(Rejet("", phrase),))
    return replace(panier, rejets=(Rejet("", f"{phrase} {A_REJOINDRE}"),), is_perdu=True)


@post("/pieces-jointes", opt={"public": True, "sans_csrf": True}, request_max_body_size=ENVOI_MAX)
async def create_pieces(request: Visit, now: Now) -> Response[Any]:
    """Join or take back files as soon as they are chosen.

    The token is checked here: whatever is wrong is said beside the field, the page is never taken away from under the
    typing hands.
    """
    form = await porte.read_formulaire(request)
    signed, formulaire, numero = visite.read_signed(request), form.cle("pieces_de"), _numero_of(form)
    if not pages.is_htmx(request):
        csrf.check_csrf(request, form)
        return pages.go(request, f"/demandes/{numero}" if numero else "/demandes/nouvelle")
    if formulaire is None:
        raise Introuvable
    panier = Panier(formulaire, numero)
    if signed is None:
        return await _show(request, _lose(panier, form, csrf.DECONNECTE_DISCRET))
    try:
        if csrf.check_csrf(request, form) not in {None, signed.droits.agent}:
            return await _show(request, _lose(panier, form, csrf.AUTRE_COMPTE_DISCRET))
        demande = await get_demande(signed.droits, numero) if numero else None
        followed = await follow_panier(signed, form, formulaire, demande, now)
    except (Refus, Conflit) as refus:
        panier = await load_panier(signed, formulaire, numero, now, rejets=(Rejet("", refus.phrase),))
    else:
        if followed and followed.attente and form.texte("photos") == VOIR and not followed.joints:
            return Response(content=b"", status_code=204)
        panier = followed or await load_panier(signed, formulaire, numero, now)
    return await _show(request, panier)


async def _show(request: Visit, panier: Panier) -> Response[str]:
    status = 422 if panier.rejets else 200
    return await pages.show_region(request, REGION, FichiersJoints(panier=panier), status=status)


def _numero_of(form: Formulaire) -> int | None:
    return as_id(form.texte("pieces_demande"), NUMERO_MAX)


ROUTES = [get_piece, create_pieces]
