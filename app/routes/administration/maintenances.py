"""`/administration/maintenance`: when the service only reads or is closed, seen as it is announced, changed, ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain.administration.maintenances import (
    GenreMaintenance,
    Maintenance,
    MaintenanceSaisie,
    change_maintenance,
    end_maintenance,
    get_maintenance,
    list_maintenances,
    plan_maintenance,
)
from app.domain.faits.registre import Fait
from app.domain.mots.dates import PARIS, read_heure
from app.domain.regles.errors import Conflit, Invalide
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit, read_id

PAGE, UNE_PAGE = "administration/maintenances.html", "administration/maintenance.html"
URL = "/administration/maintenance"
UNE = f"{URL}/{{maintenance:str}}"


@dataclass(frozen=True, kw_only=True)
class MaintenanceEcrite(Contexte):
    """The form, as typed. `apercu` is what pages will announce, once it was asked; `bornes` are days and hours as
    typed.
    """

    templates = (UNE_PAGE,)
    ecrite: Maintenance | None
    etat: str
    cle: UUID
    genre: str
    bornes: tuple[str, str, str, str]
    apercu: str
    conflit: str
    genres: list[tuple[str, str]] = field(
        default_factory=lambda: [(genre.value, genre.fiche.libelle) for genre in GenreMaintenance]
    )


@dataclass(frozen=True, kw_only=True)
class MaintenancesEcrites(Contexte):
    """Every maintenance, with where it stands: to come, under way, over."""

    templates = (PAGE,)
    ecrites: list[tuple[Maintenance, str]]


@get(URL)
async def get_maintenances(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """For the A+ team alone. Raises Refus."""
    found = [(one, one.say_etat(now)) for one in await list_maintenances(signed)]
    return await pages.show(request, PAGE, MaintenancesEcrites(ecrites=found))


@get(f"{URL}/nouvelle")
async def get_nouvelle_maintenance(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """The empty form. Raises Refus."""
    await list_maintenances(signed)
    return await _show(request, None, Formulaire({}), now)


@get(UNE)
async def get_une_maintenance(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """The form as it was last written. Raises Introuvable, Disparu."""
    written = await get_maintenance(signed, read_id(request, "maintenance"))
    return await _show(request, written, _written(written), now)


@post(URL)
async def create_maintenance(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Show what pages will announce, or announce it. Raises Refus."""
    if form.texte("acte") == "apercu":
        await list_maintenances(signed)
        return await _preview(request, None, form, now)
    try:
        await plan_maintenance(signed, _read(form), form.cle("cle") or uuid4(), now)
    except Invalide as invalide:
        return await _show(request, None, form, now, erreurs=invalide.erreurs)
    return pages.go(request, URL, annonce=Fait.MAINTENANCE_PREVUE)


@post(UNE)
async def update_maintenance(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """The same for one that is planned or under way. Raises Introuvable, Disparu."""
    former = await get_maintenance(signed, read_id(request, "maintenance"))
    if form.texte("acte") == "apercu":
        return await _preview(request, former, form, now)
    edition = form.identifiant("edition") or 0
    try:
        await change_maintenance(signed, former.id, _read(form), edition=edition, now=now)
    except Invalide as invalide:
        return await _show(request, former, form, now, erreurs=invalide.erreurs)
    except Conflit as conflit:
        again = await get_maintenance(signed, former.id)
        return await _show(request, again, form, now, conflit=conflit.phrase)
    return pages.go(request, URL, annonce=Fait.MAINTENANCE_MODIFIEE)


@post(f"{UNE}/fin")
async def create_fin(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """The service is whole again, or the announcement is withdrawn. Raises Introuvable, Disparu."""
    numero = read_id(request, "maintenance")
    try:
        await end_maintenance(signed, numero, now, edition=form.identifiant("edition"))
    except Conflit as conflit:
        again = await get_maintenance(signed, numero)
        return await _show(request, again, _written(again), now, conflit=conflit.phrase)
    return pages.go(request, URL, annonce=Fait.MAINTENANCE_FINIE)


def _read(form: Formulaire) -> MaintenanceSaisie:
    return MaintenanceSaisie(
        form.texte("genre"),
        form.jour("du_on"),
        read_heure(form.texte("du_a")),
        form.jour("au_on"),
        read_heure(form.texte("au_a")),
    )


def _written(maintenance: Maintenance) -> Formulaire:
    begins, ends = maintenance.from_at.astimezone(PARIS), maintenance.until_at.astimezone(PARIS)
    written = {
        "genre": maintenance.genre.value,
        "du_on": begins.date().isoformat(),
        "du_a": f"{begins:%H:%M}",
        "au_on": ends.date().isoformat(),
        "au_a": f"{ends:%H:%M}",
    }
    return Formulaire({nom: [valeur] for nom, valeur in written.items()})


async def _preview(
    request: Visit, former: Maintenance | None, form: Formulaire, now: datetime
) -> Response[Any]:
    saisie = _read(form)
    erreurs = saisie.find_erreurs(now, former)
    if erreurs or saisie.from_at is None or saisie.until_at is None:
        return await _show(request, former, form, now, erreurs=erreurs)
    planned = Maintenance(0, GenreMaintenance(saisie.genre), saisie.from_at, saisie.until_at, edition=1)
    return await _show(request, former, form, now, apercu=planned.say_annonce(PARIS))


async def _show(
    request: Visit,
    maintenance: Maintenance | None,
    form: Formulaire,
    now: datetime,
    *,
    erreurs: Mapping[str, str] | None = None,
    apercu: str = "",
    conflit: str = "",
) -> Response[Any]:
    context = MaintenanceEcrite(
        erreurs=erreurs or {},
        ecrite=maintenance,
        etat=maintenance.say_etat(now) if maintenance else "",
        cle=form.cle("cle") or uuid4(),
        genre=form.texte("genre"),
        bornes=(form.texte("du_on"), form.texte("du_a"), form.texte("au_on"), form.texte("au_a")),
        apercu=apercu,
        conflit=conflit,
    )
    return await pages.show(request, UNE_PAGE, context, status=409 if conflit else None)


ROUTES = [
    get_maintenances,
    get_nouvelle_maintenance,
    get_une_maintenance,
    create_maintenance,
    update_maintenance,
    create_fin,
]
