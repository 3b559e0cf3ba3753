"""`/administration/referentiel`: thèmes, sujets, organismes, holidays; a change is seen before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages, referentiel
from app.domain.administration.referentiel import (
    ReferentielPropose,
    publish_referentiel,
    read_proposition,
    read_referentiel,
    read_sorte,
)
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.territoire.contenu import Contenu, EtatElement, JoursLocaux, Sorte
from app.domain.territoire.differences import name_of
from app.domain.territoire.fautes import find_fautes
from app.pages import Contexte
from app.routes.administration.apercu_referentiel import URL, read_version_numero, show_apercu
from app.routes.administration.saisie_referentiel import NOUVEAU, ChampMontre, read_element, show_champ
from app.routes.params import Form, Now, Signed, Visit

PAGE, UN = "administration/referentiel.html", "administration/referentiel_element.html"
ELEMENT = f"{URL}/{{sorte:str}}/{{code:str}}"
ETATS = [(etat.value, *etat.fiche) for etat in EtatElement]


@dataclass(frozen=True)
class ElementListe:
    """A line of the page."""

    nom: str
    url: str
    is_retire: bool


@dataclass(frozen=True, kw_only=True)
class ReferentielMontre(Contexte):
    """Sujets by thème, organismes, the days of a département of its own."""

    templates = (PAGE,)
    themes: list[tuple[ElementListe, list[ElementListe]]]
    organismes: list[ElementListe]
    jours: list[ElementListe]
    autres: list[ElementListe]


@dataclass(frozen=True, kw_only=True)
class ElementMontre(Contexte):
    """The form of one element; `etat` is empty for a new one and for days."""

    templates = (UN,)
    titre: str
    url: str
    champs: list[ChampMontre]
    etats: list[tuple[str, str, str]]
    etat: str


@get(URL)
async def get_referentiel(request: Visit, signed: Signed) -> Response[Any]:
    """Everything, one link each. Raises Refus."""
    contenu = await read_referentiel(signed)
    own = {one.code for one in contenu.jours}
    others = [JoursLocaux(d.code) for d in referentiel.departements() if d.code not in own]
    context = ReferentielMontre(
        themes=[
            (
                _line(Sorte.THEMES, theme),
                [_line(Sorte.SUJETS, s) for s in contenu.sujets if s.theme == theme.code],
            )
            for theme in contenu.themes
        ],
        organismes=[_line(Sorte.ORGANISMES, one) for one in contenu.organismes],
        jours=[_line(Sorte.JOURS, one) for one in contenu.jours],
        autres=[_line(Sorte.JOURS, one) for one in others],
    )
    return await pages.show(request, PAGE, context)


@get(ELEMENT)
async def get_element(request: Visit, signed: Signed) -> Response[Any]:
    """The form of one of them, « nouveau » included. Raises Refus, Introuvable."""
    contenu = await read_referentiel(signed)
    sorte, code, kept = _find(request, contenu)
    return await _show(request, contenu, sorte, code, kept)


@post(ELEMENT)
async def update_element(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Show what it changes, or the form again. Raises Refus, Introuvable."""
    contenu = await read_referentiel(signed)
    sorte, code, kept = _find(request, contenu, is_typed=True)
    if form.texte("acte") == "corriger":
        proposed = read_proposition(form.texte("proposition"))
        typed = proposed.element if proposed.sorte is sorte else None
        return await _show(request, contenu, sorte, code, typed or kept)
    if form.texte("etat") == EtatElement.SUPPRIME:
        if kept is None:
            raise Introuvable
        return await show_apercu(request, signed, ReferentielPropose(sorte, code), now)
    typed = read_element(form, sorte, code, contenu)
    if erreurs := _find_erreurs(contenu, sorte, typed):
        return await _show(request, contenu, sorte, code, typed, erreurs=erreurs)
    return await show_apercu(request, signed, ReferentielPropose(sorte, typed.code, typed), now)


@post(f"{URL}/publication")
async def create_publication(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Publish what was previewed. Raises Refus, Invalide."""
    await read_referentiel(signed)
    proposition, raison = read_proposition(form.texte("proposition")), form.texte("raison")
    vu = read_version_numero(form.texte("vu"))
    try:
        await publish_referentiel(signed, proposition, vu=vu, raison=raison, now=now)
    except Invalide as invalide:
        return await show_apercu(request, signed, proposition, now, raison=raison, erreurs=invalide.erreurs)
    except Conflit as conflit:
        return await show_apercu(request, signed, proposition, now, raison=raison, conflit=conflit.phrase)
    return pages.go(request, URL, annonce=Fait.REFERENTIEL_PUBLIE)


def _line(sorte: Sorte, element: Any) -> ElementListe:
    return ElementListe(
        name_of(sorte, element), f"{URL}/{sorte}/{element.code}", getattr(element, "is_retire", False)
    )


def _find_erreurs(contenu: Contenu, sorte: Sorte, typed: Any) -> dict[str, str]:
    """What is wrong with the element typed, by field in the order of the form."""
    fautes = [f for f in find_fautes(contenu.put(sorte, typed)) if (f.sorte, f.code) == (sorte, typed.code)]
    return {c.nom: f.phrase for c in sorte.fiche.champs for f in fautes if f.champ == c.nom}


def _find(request: Visit, contenu: Contenu, *, is_typed: bool = False) -> tuple[Sorte, str, Any | None]:
    """The kind, the code and the element. A new one that was typed has a code that nothing bears yet.

    Raises Introuvable.
    """
    sorte, code = read_sorte(request.path_params["sorte"]), str(request.path_params["code"])
    if sorte is None:
        raise Introuvable
    if sorte is Sorte.JOURS:
        if code not in {d.code for d in referentiel.departements()}:
            raise Introuvable
        return sorte, code, contenu.find(sorte, code) or JoursLocaux(code)
    kept = contenu.find(sorte, code)
    if kept is None and code != NOUVEAU and not is_typed:
        raise Introuvable
    return sorte, code, kept


async def _show(
    request: Visit,
    contenu: Contenu,
    sorte: Sorte,
    code: str,
    element: Any | None,
    *,
    erreurs: Mapping[str, str] | None = None,
) -> Response[Any]:
    kept = contenu.find(sorte, code)
    is_new = sorte.is_retirable and kept is None
    titre = sorte.fiche.nouveau if is_new else f"{sorte.fiche.nom}\u00a0: {name_of(sorte, kept or element)}"
    context = ElementMontre(
        erreurs=erreurs or {},
        titre=titre,
        url=f"{URL}/{sorte}/{code}",
        champs=[show_champ(champ, element, contenu) for champ in sorte.fiche.champs],
        etats=[] if is_new or not sorte.is_retirable else ETATS,
        etat=EtatElement.RETIRE if getattr(element, "is_retire", False) else EtatElement.PROPOSE,
    )
    return await pages.show(request, UN, context)


ROUTES = [get_referentiel, get_element, update_element, create_publication]
