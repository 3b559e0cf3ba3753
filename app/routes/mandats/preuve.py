"""`/mandats/{id}`: one mandat as it was recorded, for who may see it; its paper, on screen and as a PDF."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get

from app import pages
from app.domain import mandats
from app.domain.demandes.demande import get_demande
from app.domain.mandats import Mandat
from app.domain.regles.errors import Introuvable
from app.domain.regles.mandats import NatureMandat
from app.formulaire import as_uuid
from app.impression import MandatAImprimer
from app.pages import Contexte
from app.routes.mandats.feuilles import read_modele, send_pdf, show_document
from app.routes.params import Now, Query, Signed, Visit


@dataclass(frozen=True, kw_only=True)
class Preuve(Contexte):
    """One mandat as it was recorded."""

    templates = ("mandats/preuve.html",)
    mandat: Mandat


@dataclass(frozen=True, kw_only=True)
class AttenteSms(Contexte):
    """Where an SMS stands."""

    templates = ("mandats/attente.html",)
    sms: Mandat
    is_attestee_sms: bool = False
    is_live: bool = True
    """The region looks again by itself."""


@get("/mandats/{cle:str}")
async def get_mandat(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """What was agreed, to which words, when, how, to whom. With `.pdf`, the paper mandat filled in as it was."""
    texte, _, suffix = request.path_params["cle"].partition(".")
    mandat = await mandats.get_mandat(signed, _cle(texte), now)
    if suffix == "":
        return await pages.show(request, "mandats/preuve.html", Preuve(mandat=mandat))
    if suffix != "pdf" or mandat.nature is not NatureMandat.PAPIER:
        raise Introuvable
    modele = read_modele(mandat.modele)
    return await send_pdf(request, modele, mandat.version, await _filled(signed, mandat))


@get("/mandats/{cle:str}/texte")
async def get_texte(request: Visit, signed: Signed, now: Now) -> Response[str]:
    """The paper mandat on screen, in the words that were signed."""
    mandat = await mandats.get_mandat(signed, _cle(request.path_params["cle"]), now)
    if mandat.nature is not NatureMandat.PAPIER:
        raise Introuvable
    modele = read_modele(mandat.modele)
    return show_document(modele, mandat.version, await _filled(signed, mandat))


@get("/mandats/{cle:str}/attente")
async def get_attente(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """Where the SMS stands, for who asked it: the region that refreshes itself while the usager has not answered."""
    mandat = await mandats.watch_mandat(signed, _cle(request.path_params["cle"]))
    if criteres.texte("marque") == mandat.marque:
        return pages.say_unchanged(request)
    return await pages.show_region(
        request,
        "mandats/attente.html",
        AttenteSms(sms=mandat, is_live=criteres.texte("actualisation") != "non"),
    )


async def _filled(signed: Signed, mandat: Mandat) -> MandatAImprimer:
    if mandat.demande is None:
        raise Introuvable
    demande = await get_demande(signed.droits, mandat.demande)
    return MandatAImprimer(
        prenom=demande.usager_prenom,
        nom=demande.usager_nom,
        naissance=demande.usager_naissance,
        structure=mandat.structure,
        agent=mandat.auteur,
        date=mandat.donne_on,
    )


def _cle(texte: str) -> UUID:
    cle = as_uuid(texte)
    if cle is None:
        raise Introuvable
    return cle


ROUTES = [get_mandat, get_texte, get_attente]
