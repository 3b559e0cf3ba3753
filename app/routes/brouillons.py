"""Drafts: saved by a button or quietly while typing, erased on demand. Their list is a tab of `/demandes`."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from app import pages, porte, visite
from app.csrf import AUTRE_COMPTE_DISCRET, DECONNECTE_DISCRET
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.brouillons import (
    BROUILLONS_MAX,
    DEJA_ENVOYE,
    REPONSE_ENVOYEE,
    Brouillon,
    BrouillonAilleurs,
    EtatBrouillon,
    erase_brouillon,
    is_said,
    is_written,
    save_brouillon,
)
from app.domain.demandes.demande import get_demande
from app.domain.demandes.fenetres import list_elsewhere
from app.domain.pieces_jointes.ajout import remove_pieces
from app.domain.pieces_jointes.panier import follow_panier, phrase_of
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.formulaire import NUMERO_MAX, as_id, as_uuid
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit, provide_form
from app.televersement import ENVOI_MAX

LISTE = "/demandes?onglet=brouillons"
#: The button of an answer, without JavaScript, that goes on to who may be invited.
INVITER = "inviter"
# A quiet save may come after the session has ended, or from a page of a former one: it is answered in its own region,
# so that the page being written stays on screen.
PUBLIC = {"public": True, "discret": True, "sans_cgu": True}
INACCESSIBLE = "Ce compte n’a plus accès à cette demande : rien n’est enregistré. Copiez votre texte."


@dataclass(frozen=True, kw_only=True)
class EtatSeul(Contexte):
    """Where a draft stands, once it was quietly saved or could not be."""

    templates = ("brouillons/etat.html",)
    brouillon: EtatBrouillon


@post("/demandes/nouvelle/brouillon", opt=PUBLIC, request_max_body_size=ENVOI_MAX)
async def save_nouvelle(request: Visit, form: Form, now: Now) -> Response[Any]:
    """Keep the form of a new demande, quietly."""
    signed = visite.read_signed(request)
    if signed is None:
        return await _show_ended(request)
    cle = form.cle("formulaire")
    if cle is None:
        raise Introuvable
    saving, here = _save(request, signed, cle, None, now), f"/demandes/nouvelle?formulaire={cle}"
    return await _answer(request, saving, here, is_debut=not is_written(form.champs))


@post("/demandes/{numero:str}/brouillon", opt=PUBLIC, request_max_body_size=ENVOI_MAX)
async def save_reponse(request: Visit, form: Form, numero: FromPath[str], now: Now) -> Response[Any]:
    """Keep the answer being written in this demande; by « Inviter », then go on to the invitations."""
    signed = visite.read_signed(request)
    if signed is None:
        return await _show_ended(request)
    cle, known = form.cle("cle"), as_id(numero, NUMERO_MAX)
    if cle is None or known is None:
        raise Introuvable
    saving, here = _save(request, signed, cle, known, now), f"/demandes/{known}"
    is_inviter = form.texte("etape") == INVITER
    if is_inviter:
        here += "/invitations"
    is_vide = is_inviter and not form.has_files() and not is_said(form.champs)
    return await _answer(request, saving, here, is_vide=is_vide, numero=known)


@post("/brouillons/{cle:uuid}/suppression")
async def create_suppression(request: Visit, signed: Signed, cle: FromPath[UUID]) -> Response[Any]:
    """Erase a draft and its files; somebody else’s, or one that is gone, changes nothing and says nothing."""
    await erase_brouillon(signed, cle)
    await remove_pieces(signed, cle)
    return pages.go(request, LISTE, annonce="brouillon_efface")


@post("/brouillons/suppression")
async def create_suppressions(request: Visit, signed: Signed, form: Form) -> Response[Any]:
    """Erase those that are ticked, with their files; it says how many went by the list that remains."""
    cles = [cle for un in form.textes("cles")[:BROUILLONS_MAX] if (cle := as_uuid(un))]
    for cle in cles:
        await erase_brouillon(signed, cle)
        await remove_pieces(signed, cle)
    return pages.go(request, LISTE, annonce="brouillons_effaces" if cles else None)


async def _save(request: Visit, signed: Agent, cle: UUID, numero: int | None, now: datetime) -> bool:
    """The text, then the files that came along, which JavaScript would have sent before."""
    form = provide_form(request)
    demande = await get_demande(signed.droits, numero) if numero else None
    is_kept = await save_brouillon(
        signed, cle, form.champs, demande, now, is_asked=not pages.is_htmx(request)
    )
    panier = await follow_panier(signed, form, cle, demande, now) if is_kept and form.has_files() else None
    if panier and panier.rejets:
        phrases = " ".join(map(phrase_of, panier.rejets))
        raise Conflit(f"Votre texte est enregistré, mais tous les fichiers ne sont pas joints. {phrases}")
    return is_kept


def _stays(request: Visit) -> bool:
    """The page stays on screen: only its small region is answered."""
    return pages.is_htmx(request) and provide_form(request).texte("etape") != INVITER


async def _show_ended(request: Visit) -> Response[Any]:
    if _stays(request):
        is_other = visite.is_of_other_account(request)
        return await _show_etat(request, AUTRE_COMPTE_DISCRET if is_other else DECONNECTE_DISCRET)
    return await porte.turn_away(request)


async def _answer(
    request: Visit,
    saving: Awaitable[bool],
    here: str,
    *,
    is_debut: bool = False,
    is_vide: bool = False,
    numero: int | None = None,
) -> Response[Any]:
    """The small region for who stays, else the page `here`. `is_debut`: nothing is written yet, and it says so;
    `is_vide`: nothing is, and nothing has to be said; `numero`: the demande that is answered, whose other windows it
    tells of.
    """
    stays = _stays(request)
    try:
        is_kept = await saving
    except BrouillonAilleurs as ailleurs:
        if stays:
            return await _show_etat(request, ailleurs.phrase, is_ailleurs=True)
        raise
    except (Refus, Introuvable) as perdu:
        if stays:
            return await _show_etat(request, perdu.phrase if isinstance(perdu, Refus) else INACCESSIBLE)
        raise
    except Invalide as invalide:
        phrase = next(iter(invalide.erreurs.values()))
        if stays:
            return await _show_etat(request, phrase)
        # The page of a conflict gives back everything that was typed.
        raise Conflit(phrase) from invalide
    phrase = "" if is_kept else REPONSE_ENVOYEE if numero else DEJA_ENVOYE
    if not stays:
        if phrase and not is_vide:
            raise Conflit(phrase)
        return pages.go(request, here, annonce=None if is_vide else "brouillon_enregistre")
    signed = visite.read_signed(request)
    autres: tuple[Brouillon, ...] = ()
    if signed is not None and numero is not None:
        autres = await list_elsewhere(signed, numero, provide_form(request).champs)
    return await _show_etat(request, phrase, is_debut=is_debut, demande=numero or 0, autres=autres)


async def _show_etat(
    request: Visit,
    phrase: str,
    *,
    is_ailleurs: bool = False,
    is_debut: bool = False,
    demande: int = 0,
    autres: tuple[Brouillon, ...] = (),
) -> Response[str]:
    etat = EtatBrouillon(
        phrase,
        is_ailleurs,
        visite.read_now(request),
        is_fresh=True,
        is_debut=is_debut,
        demande=demande,
        autres=autres,
    )
    return await pages.show_region(request, "brouillons/etat.html", EtatSeul(brouillon=etat))


ROUTES = [save_nouvelle, save_reponse, create_suppression, create_suppressions]
