"""The mandat to print: blank, or filled in from the form before the demande exists."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.mandats.textes import VERSION, TexteIntrouvable, get_texte
from app.domain.mandats.traductions import EtatTraduction, list_etats
from app.domain.regles.errors import Introuvable
from app.impression import STYLE, MandatAImprimer
from app.pages import Contexte
from app.routes.mandats.bilingue_rempli import send_bilingue
from app.routes.mandats.feuilles import read_modele, send_pdf, show_document
from app.routes.params import Form, Now, Query, Signed, Visit

VIERGE = MandatAImprimer()


@dataclass(frozen=True, kw_only=True)
class MandatsVierges(Contexte):
    """What is printed blank: the three dresses, the translations, a whole demande."""

    templates = ("mandats/page.html",)
    etats: list[EtatTraduction]


@get("/mandats/vierge")
async def get_mandats(request: Visit, signed: Signed) -> Response[str]:
    """The three dresses of the mandat to print, and the languages it is translated into."""
    return await pages.show(request, "mandats/page.html", MandatsVierges(etats=await list_etats()))


@get("/mandats/vierge/{modele:str}")
async def get_vierge(request: Visit, signed: Signed) -> Response[str]:
    """The blank mandat on screen: the same text as the PDF."""
    return show_document(read_modele(request.path_params["modele"]), VERSION, VIERGE)


@get("/mandats/vierge.pdf")
async def get_vierge_pdf(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """The blank mandat to print; `?modele=` chooses its dress."""
    return await send_pdf(request, read_modele(criteres.texte("modele")), VERSION, VIERGE, vierge=True)


@post("/mandats/prerempli.pdf")
async def create_prerempli(
    request: Visit, signed: Signed, form: Form, criteres: Query, now: Now
) -> Response[Any]:
    """The mandat filled in with the form of a new demande, before it exists; nothing is kept.

    A POST: what is known of the usager stands in no address. `?langue=` sets a translation beside the French.
    """
    structure = form.identifiant("structure")
    named = next((a.nom for a in signed.appartenances if a.groupe == structure), None)
    mandat = MandatAImprimer(
        prenom=form.texte("prenom"),
        nom=form.texte("nom"),
        naissance=form.texte("naissance"),
        structure=named,
        agent=f"{signed.prenom} {signed.nom}".strip(),
        date=form.jour("mandat_le") or now.astimezone(signed.zone).date(),
    )
    if langue := criteres.texte("langue"):
        return await send_bilingue(request, langue, mandat, par=signed.droits.agent)
    return await send_pdf(request, read_modele(form.texte("mandat_modele")), VERSION, mandat)


@get("/mandats/textes/{version:str}/mandat.css", opt={"sans_session": True})
async def get_style(request: Visit) -> Response[str]:
    """The style of the documents on screen, frozen with their text."""
    try:
        style = get_texte(request.path_params["version"], STYLE)
    except TexteIntrouvable as error:
        raise Introuvable from error
    return Response(content=style, media_type="text/css; charset=utf-8")


ROUTES = [get_mandats, get_vierge, get_vierge_pdf, create_prerempli, get_style]
