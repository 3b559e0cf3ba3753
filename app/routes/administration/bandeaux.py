"""`/administration/bandeau`: what the A+ team says on every page, seen before it is shown, changed, withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain.administration.bandeaux import (
    Audience,
    Bandeau,
    BandeauSaisi,
    edit_bandeau,
    get_bandeau,
    list_bandeaux,
    publish_bandeau,
    withdraw_bandeau,
)
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Invalide
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit, read_id

PAGE, UN = "administration/bandeaux.html", "administration/bandeau.html"
URL = "/administration/bandeau"
UNE = f"{URL}/{{bandeau:str}}"


@dataclass(frozen=True, kw_only=True)
class BandeauEcrit(Contexte):
    """The form, as typed. `apercu` is what readers will see, once it was asked; `jours` are the days as typed."""

    templates = (UN,)
    bandeau: Bandeau | None
    cle: UUID
    texte: str
    audience: str
    jours: tuple[str, str]
    apercu: bool
    conflit: str
    audiences: list[tuple[str, str]] = field(
        default_factory=lambda: [(audience.value, audience.fiche.libelle) for audience in Audience]
    )


@dataclass(frozen=True, kw_only=True)
class BandeauxEcrits(Contexte):
    """Every band: today, to come, past, withdrawn."""

    templates = (PAGE,)
    bandeaux_ecrits: list[tuple[Bandeau, str]]


@get(URL)
async def get_bandeaux(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """For the A+ team alone. Raises Refus."""
    found = [(bandeau, bandeau.say_etat(now)) for bandeau in await list_bandeaux(signed)]
    return await pages.show(request, PAGE, BandeauxEcrits(bandeaux_ecrits=found))


@get(f"{URL}/nouveau")
async def get_nouveau_bandeau(request: Visit, signed: Signed) -> Response[Any]:
    """The empty form. Raises Refus."""
    await list_bandeaux(signed)
    return await _show(request, None, Formulaire({}))


@get(UNE)
async def get_un_bandeau(request: Visit, signed: Signed) -> Response[Any]:
    """The form as it was last written. Raises Introuvable, Disparu."""
    bandeau = await get_bandeau(signed, read_id(request, "bandeau"))
    return await _show(request, bandeau, _written(bandeau))


@post(URL)
async def create_bandeau(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Show what readers will see, or publish it. Raises Refus."""
    if form.texte("acte") == "apercu":
        await list_bandeaux(signed)
        return await _preview(request, None, form, now)
    try:
        await publish_bandeau(signed, _read(form), form.cle("cle") or uuid4(), now)
    except Invalide as invalide:
        return await _show(request, None, form, erreurs=invalide.erreurs)
    return pages.go(request, URL, annonce=Fait.BANDEAU_PUBLIE)


@post(UNE)
async def update_bandeau(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """The same for one that is written. Raises Introuvable, Disparu."""
    numero = read_id(request, "bandeau")
    if form.texte("acte") == "apercu":
        return await _preview(request, await get_bandeau(signed, numero), form, now)
    edition = form.identifiant("edition") or 0
    try:
        await edit_bandeau(signed, numero, _read(form), edition=edition, now=now)
    except Invalide as invalide:
        return await _show(request, await get_bandeau(signed, numero), form, erreurs=invalide.erreurs)
    except Conflit as conflit:
        return await _show(request, await get_bandeau(signed, numero), form, conflit=conflit.phrase)
    return pages.go(request, URL, annonce=Fait.BANDEAU_MODIFIE)


@post(f"{UNE}/retrait")
async def create_retrait(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """No page shows it any more. Raises Introuvable, Disparu."""
    numero = read_id(request, "bandeau")
    try:
        await withdraw_bandeau(signed, numero, now, edition=form.identifiant("edition"))
    except Conflit as conflit:
        again = await get_bandeau(signed, numero)
        return await _show(request, again, _written(again), conflit=conflit.phrase)
    return pages.go(request, URL, annonce=Fait.BANDEAU_RETIRE)


def _read(form: Formulaire) -> BandeauSaisi:
    return BandeauSaisi(form.texte("texte"), form.texte("audience"), form.jour("du_on"), form.jour("au_on"))


def _written(bandeau: Bandeau) -> Formulaire:
    written = {
        "texte": bandeau.texte,
        "audience": bandeau.audience.value,
        "du_on": bandeau.du_on.isoformat(),
        "au_on": bandeau.au_on.isoformat(),
    }
    return Formulaire({nom: [valeur] for nom, valeur in written.items()})


async def _preview(request: Visit, bandeau: Bandeau | None, form: Formulaire, now: datetime) -> Response[Any]:
    erreurs = _read(form).find_erreurs(now)
    return await _show(request, bandeau, form, erreurs=erreurs, apercu=not erreurs)


async def _show(
    request: Visit,
    bandeau: Bandeau | None,
    form: Formulaire,
    *,
    erreurs: Mapping[str, str] | None = None,
    apercu: bool = False,
    conflit: str = "",
) -> Response[Any]:
    context = BandeauEcrit(
        erreurs=erreurs or {},
        bandeau=bandeau,
        cle=form.cle("cle") or uuid4(),
        texte=form.texte("texte"),
        audience=form.texte("audience"),
        jours=(form.texte("du_on"), form.texte("au_on")),
        apercu=apercu,
        conflit=conflit,
    )
    return await pages.show(request, UN, context, status=409 if conflit else None)


ROUTES = [get_bandeaux, get_nouveau_bandeau, get_un_bandeau, create_bandeau, update_bandeau, create_retrait]
