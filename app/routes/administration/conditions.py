"""`/administration/conditions`: the conditions every agent accepts, seen before they are published as a new version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.conditions import split_blocs
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.conditions import (
    ConditionsSaisies,
    VersionConditions,
    find_erreurs,
    list_conditions,
    publish_conditions,
)
from app.domain.faits.registre import Fait
from app.domain.mots.dates import say_version
from app.domain.regles.errors import Conflit, Invalide
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit

PAGE = "administration/conditions.html"
URL = "/administration/conditions"


@dataclass(frozen=True, kw_only=True)
class ConditionsEcrites(Contexte):
    """The form, as typed; `blocs` is what agents will read, once it was asked; `versions` are (words, version)."""

    templates = (PAGE,)
    vu: str
    texte: str
    changements: str
    jour: str
    blocs: list[tuple[bool, str]]
    apercu: bool
    versions: list[tuple[str, VersionConditions]]
    conflit: str


@get(URL)
async def get_conditions_ecrites(request: Visit, signed: Signed) -> Response[Any]:
    """The last text, to be changed, and the history. Raises Refus."""
    [last, *_] = await list_conditions(signed)
    return await _show(request, signed, Formulaire({"texte": [last.texte], "vu": [last.version]}))


@post(URL)
async def create_conditions(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Show what agents will read, or publish it, or open in the form what a file brings. Raises Refus."""
    if form.texte("acte") == "ouvrir":  # those of a file
        return await _show(request, signed, form)
    saisies = ConditionsSaisies(form.texte("texte"), form.texte("changements"), form.jour("applies_on"))
    if form.texte("acte") != "publier":
        erreurs = find_erreurs(saisies, (await list_conditions(signed))[0], now)
        return await _show(request, signed, form, erreurs=erreurs, apercu=not erreurs)
    try:
        await publish_conditions(signed, saisies, vu=form.texte("vu"), now=now)
    except Invalide as invalide:
        return await _show(request, signed, form, erreurs=invalide.erreurs)
    except Conflit as conflit:
        return await _show(request, signed, form, conflit=conflit.phrase)
    return pages.go(request, URL, annonce=Fait.CONDITIONS_PUBLIEES)


async def _show(
    request: Visit,
    signed: Agent,
    form: Formulaire,
    *,
    erreurs: Mapping[str, str] | None = None,
    apercu: bool = False,
    conflit: str = "",
) -> Response[Any]:
    versions = await list_conditions(signed)
    context = ConditionsEcrites(
        erreurs=erreurs or {},
        vu=versions[0].version if conflit else form.texte("vu"),
        texte=form.texte("texte"),
        changements=form.texte("changements"),
        jour=form.texte("applies_on"),
        blocs=split_blocs(form.texte("texte")) if apercu else [],
        apercu=apercu,
        versions=[(say_version(one.version), one) for one in versions],
        conflit=conflit,
    )
    return await pages.show(request, PAGE, context, status=409 if conflit else None)


ROUTES = [get_conditions_ecrites, create_conditions]
