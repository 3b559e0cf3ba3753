"""`/photos`: on a phone, add photos to the form open on the computer, by the code it shows (product §5.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.demandes.demande import get_demande
from app.domain.pieces_jointes.ajout import Rejet, add_pieces
from app.domain.pieces_jointes.panier import Panier, load_panier
from app.domain.pieces_jointes.photos import PERIME, PhotosAttente, find_attente
from app.domain.regles.errors import Conflit, Refus
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, Visit
from app.televersement import ENVOI_MAX

URL = "/photos"
SANS_CODE = "Tapez le code à 6 chiffres affiché sur l’ordinateur."
RIEN = "Choisissez d’abord une ou plusieurs photos."


@dataclass(frozen=True, kw_only=True)
class Photos(Contexte):
    """The code to type, or the form it opened and what that form holds."""

    templates = ("photos/page.html",)
    code: str
    attente: PhotosAttente | None = None
    panier: Panier | None = None
    erreurs: Mapping[str, str]


@get(URL)
async def get_photos(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[str]:
    """Where the code is typed, then where photos are taken; a code that is not one’s own is no code."""
    code = criteres.texte("code")
    attente = await find_attente(signed, now, code=code) if code else None
    if attente is None:
        return await _ask(
            request, code, {"code": PERIME if code else SANS_CODE} if "code" in criteres.champs else {}
        )
    return await _show(request, signed, attente, now)


@post(URL, request_max_body_size=ENVOI_MAX)
async def create_photos(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Add the photos chosen; the computer shows them a few seconds later."""
    code = form.texte("code")
    attente = await find_attente(signed, now, code=code)
    if attente is None:
        return await _ask(request, code, {"code": PERIME})
    sent = form.fichiers.get("fichiers", ())
    if not sent:
        return await _show(request, signed, attente, now, [Rejet("", RIEN)])
    try:
        demande = await get_demande(signed.droits, attente.demande) if attente.demande else None
        ajouts = await add_pieces(signed, attente.formulaire, sent, demande, now)
    except (Refus, Conflit) as refus:
        return await _show(request, signed, attente, now, [Rejet("", refus.phrase)])
    if ajouts.rejets:
        return await _show(request, signed, attente, now, ajouts.rejets)
    return pages.go(request, f"{URL}?code={attente.code}", annonce="photos_ajoutees")


async def _ask(request: Visit, code: str, erreurs: Mapping[str, str]) -> Response[str]:
    context = Photos(code=code, erreurs=erreurs)
    return await pages.show(request, "photos/page.html", context, status=422 if erreurs else 200)


async def _show(
    request: Visit, signed: Signed, attente: PhotosAttente, now: Now, rejets: Sequence[Rejet] = ()
) -> Response[str]:
    panier = await load_panier(signed, attente.formulaire, attente.demande, now, rejets=tuple(rejets))
    context = Photos(code=attente.code, attente=attente, panier=panier, erreurs=panier.erreurs)
    return await pages.show(request, "photos/page.html", context, status=422 if rejets else 200)


ROUTES = [get_photos, create_photos]
