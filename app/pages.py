"""Show a page, answer an act: the only code that knows htmx.

A new page writes a frozen dataclass that inherits `Contexte`, beside its handlers: one field for each name that its
templates read, and the templates themselves in `templates`. Its handler calls `show(request, "noun/page.html",
Noun(…))`; an act calls `answer(request, "noun/region.html", …)`, which gives the region that changed to htmx, a 303
to a bare browser, and 422 with what was typed when the context holds `erreurs`. Nothing else has to be declared:
mypy checks what is given, and tests/test_contextes.py renders every template and names a field or a name too many.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.response import Stream

from app import cookies, csrf, visite
from app.affichage import Affichage
from app.database import is_read_only
from app.domain.acces.sessions import Signed
from app.domain.administration.bandeaux import Bande, list_affiches
from app.domain.administration.maintenances import find_current, list_annonces
from app.domain.faits.registre import Fait
from app.domain.listes.menu import Entree, build_menu, build_plain_menu
from app.domain.mots.dates import PARIS, heure
from app.domain.regles.permissions import can_create_demande
from app.masque import is_masked
from app.origine import Origine, come_from
from app.settings import get_settings
from app.tableur import attachment
from app.templating import Sigles, asset, generate, render
from app.touches import Touches
from app.vitrine import show_only

HTML = "text/html"

# These sentences are said after an act that no journal keeps; the registry has those of the faits.
ANNONCES = {fait.value: fait.fiche.annonce for fait in Fait if fait.fiche.annonce} | {
    "courriel_redemande": "Nouveau courriel demandé : consultez votre boîte de réception.",
    "second_facteur_epuise": "Trop de codes faux\u00a0: votre session est fermée. Connectez-vous de nouveau.",
    "envoi_garde": "Vous n’étiez plus connecté. Votre envoi est gardé : connectez-vous pour le reprendre.",
    "envoi_deja_fait": "Votre envoi était déjà arrivé\u00a0: il n’est fait qu’une fois.",
    "envoi_abandonne": "Ce que vous aviez saisi est effacé. Rien n’a été envoyé.",
    "brouillon_enregistre": "Votre brouillon est enregistré.",
    "brouillon_efface": "Le brouillon est effacé.",
    "brouillons_effaces": "Les brouillons cochés sont effacés.",
    "session_fermee": "Ce navigateur est déconnecté.",
    "proconnect_quitte": "Vous êtes déconnecté d’Administration+ et de ProConnect.",
    "affichage_enregistre": "Vos choix d’affichage sont enregistrés dans ce navigateur.",
    "session_prolongee": "Votre session est prolongée.",
    "reponse_enregistree": "La réponse est enregistrée.",
    "reponse_effacee": "La réponse enregistrée est effacée.",
    "requete_transmise": "La demande de l’usager est transmise à ceux qui suivent ces demandes.",
    "requete_effacee": "Les données de ces demandes sont effacées. Enregistrez la réponse donnée à l’usager.",
    "perimetre_deja_retire": "Ce périmètre était déjà retiré.",
    "note_donnee": "Votre note est publiée\u00a0: les aidants la lisent avant d’envoyer leur demande.",
    "import_oublie": "Le fichier est oublié. Ce qui en avait été écrit reste.",
    "tout_vu": "Tout est marqué comme vu.",
    "vue_enregistree": "La vue est enregistrée.",
    "vue_effacee": "La vue est effacée.",
    "demande_non_lue_pour_moi": "La demande est de nouveau non lue pour vous.",
    "rien_a_relire": "Personne d’autre n’a encore rien écrit ici : il n’y a rien à marquer non lu.",
    "demande_suivie": "Vous suivez cette demande : chaque message vous est annoncé.",
    "demande_plus_suivie": "Vous ne suivez plus cette demande : seul ce qui vous appelle vous est annoncé.",
    "rappel_prevu": "Le rappel est noté. Il s’annule de lui-même si une réponse arrive.",
    "rappel_fini": "Ce rappel est terminé.",
    "photos_ajoutees": "Vos photos sont sur votre ordinateur. Vous pouvez en ajouter d’autres.",
    "reponse_en_partance": "Votre réponse va partir : vous pouvez encore annuler son envoi.",
    "reponse_reprise": "L’envoi est annulé : votre texte est de nouveau dans le formulaire.",
    "depart_attendu": "Votre demande est prête : elle partira dès que l’usager aura répondu OUI.",
}

_Request = Request[Any, Any, Any]


@dataclass(frozen=True, kw_only=True)
class Contexte:
    """What a page says, typed; a page that only has fixed words is shown without any."""

    templates: ClassVar[tuple[str, ...]] = ()
    """The page, and the regions of it that are also shown alone."""
    erreurs: Mapping[str, str] = field(default_factory=dict)
    """By field, what must be corrected: the page is shown again with what was typed, status 422."""


@dataclass(frozen=True, kw_only=True)
class Enveloppe:
    """What every template may read besides its context: who reads, when, and what stands around the page."""

    agent: Signed | None
    csrf: str
    now: datetime
    zone: ZoneInfo
    is_demo: bool
    affichage: Affichage = field(default_factory=Affichage)
    """How pages are shown in this browser."""
    touches: Touches = field(default_factory=Touches)
    """The keys of their acts, where they were asked for."""
    is_read_only: bool = False
    """The base takes no write for now."""
    maintenance: str = ""
    """What to say of the maintenance that is under way."""
    est_ferme: bool = False
    """It closes this page: what leads to other closed ones is left out."""
    peut_creer: bool = False
    dress: str | None = None
    """The document around a page; None around a region shown alone."""
    menu: list[Entree] = field(default_factory=list)
    annonce: str | None = None
    bandeaux: list[Bande] = field(default_factory=list)
    """What the A+ team says to this reader, but what this browser has closed."""
    ici: str = ""
    """The address of this page, to come back to it; nothing where that would lose what was typed."""
    origine: Origine = field(default_factory=Origine)
    """The list from which one came to the demande of this page."""
    sigles: Sigles = field(default_factory=Sigles)
    """The acronyms that this page has explained so far."""


#: For a route whose page moves no count: those of its menu come with the question that says who is signed in. A list
#: names there its own, which it brings itself (`bring_count`).
AVEC_MENU = {"menu": ""}
#: For the page of a demande: they come as if it were read, and are asked again when it is not (`forget_counts`).
AVEC_MENU_LUE = {"menu": "", "lit": True}

Chargement = Callable[[], Awaitable[Contexte]]
SANS_CONTEXTE = Contexte()


def is_htmx(request: _Request) -> bool:
    """htmx asks for a part of a page, not for a document."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def read_origine(request: _Request) -> Origine:
    """From which list one came to the demande of this visit: its address says it, and the forms of its pages."""
    if is_htmx(request):
        try:
            asked = parse_qs(urlsplit(request.headers.get("hx-current-url", "")).query, max_num_fields=50)
        except ValueError:
            return Origine()
        return come_from(asked.get("liste", [""])[0])
    formulaire = request.state.get("formulaire")
    return come_from(formulaire.texte("liste") if formulaire else request.query_params.get("liste", ""))


def counts_menu_first(request: _Request) -> bool:
    """The answer has a menu, whose counts can be asked before its page (`AVEC_MENU`, `AVEC_MENU_LUE`)."""
    return "menu" in request.route_handler.opt and not is_htmx(request)


def forget_counts(request: _Request) -> None:
    """What the menu counts has moved since it was asked."""
    request.state.counts = None


def bring_count(request: _Request, name: str, count: int) -> None:
    """What the menu counts under that name, as the page found it."""
    if counts := request.state.get("counts"):
        request.state.counts = {**counts, name: count}


async def show(
    request: _Request,
    template: str,
    context: Contexte = SANS_CONTEXTE,
    *,
    status: int | None = None,
    url: str | None = None,
) -> Response[str]:
    """A whole page; htmx gets its main part alone, and `url` in the address bar. Without `status`: 422 when there
    are erreurs, else 200.
    """
    # A cookie may hold anything: a code that is none of ours announces nothing.
    annonce = ANNONCES.get(cookies.read_annonce(request))
    dress = "_fragment.html" if is_htmx(request) else "_shell.html"
    menu = [] if is_htmx(request) else await _menu(request)
    response = _html(template, context, _envelop(request, dress=dress, menu=menu, annonce=annonce), status)
    if url is not None and is_htmx(request):
        # The address that is already there is not pushed again: Back would then seem to do nothing.
        is_there = request.headers.get("hx-current-url", "").endswith(url)
        response.headers["HX-Push-Url"] = "false" if is_there else url
    if not is_htmx(request):
        # The first words wait for the stylesheet: a slow line asks for it before it has read the page.
        response.headers["Link"] = f"<{asset('aplus.css')}>; rel=preload; as=style"
    if annonce:
        cookies.clear_annonce(response)
    cookies.keep_navigateur(request, response)
    return response


def show_whole(
    request: _Request, template: str, context: Contexte, enveloppe: Enveloppe, status: int
) -> Response[str]:
    """A page in its own envelope, which takes the whole window even where htmx asked for a region. What may be sent
    again in a moment stays on screen under its own address: it takes from this page why (the shell says how).
    """
    response = _html(template, context, enveloppe, status)
    if request.headers.get("hx-request") != "true":
        return response
    if status in {413, 503}:
        response.headers["HX-Push-Url"] = "false"
    else:
        response.headers["HX-Retarget"] = "body"
        # What refreshes by itself never takes away the page one is reading or writing.
        response.headers["HX-Reswap"] = "innerHTML" if request.method == "POST" else "none"
    return response


async def show_in_pieces(request: _Request, template: str, context: Contexte) -> Stream:
    """A whole page that may be very long, written and sent in pieces, so that it holds nobody else up."""
    enveloppe = _envelop(request, dress="_shell.html", menu=await _menu(request))
    response = Stream(_pieces(template, context, enveloppe), media_type=HTML)
    cookies.keep_navigateur(request, response)
    return response


def give_in_pieces(request: _Request, template: str, context: Contexte, *, nom: str) -> Stream:
    """The same as a file to keep, which needs nothing of the site."""
    pieces = _pieces(template, context, _envelop(request, dress="_document.html"))
    return Stream(pieces, media_type=HTML, headers={"Content-Disposition": f'attachment; filename="{nom}"'})


async def compose(request: _Request, template: str, context: Contexte) -> str:
    """The text of such a file."""
    pieces = _pieces(template, context, _envelop(request, dress="_document.html"))
    return b"".join([piece async for piece in pieces]).decode()


async def _pieces(template: str, context: Contexte, enveloppe: Enveloppe) -> AsyncIterator[bytes]:
    for piece in generate(template, **_read(template, context, enveloppe)):
        yield piece.encode()
        await asyncio.sleep(0)


async def show_region(
    request: _Request,
    region: str,
    context: Contexte,
    *,
    status: int | None = None,
    annonce: str | None = None,
) -> Response[str]:
    """One region alone, for htmx; its id is its path."""
    return _html(region, context, _envelop(request, annonce=annonce), status)


async def answer(
    request: _Request,
    region: str,
    context: Contexte | Chargement,
    *,
    page: str,
    url: str | None,
    annonce: str | None = None,
    status: int | None = None,
    is_wider: bool = False,
) -> Response[Any]:
    """The result of an act: the region for htmx, else a redirection to `url`.

    With erreurs in the context: the region or the whole `page` again, with what was typed. Without `url`, no address
    could show the result (a masked number revealed once): the region or the `page`. A context that must be loaded is
    given as a function, called only when something is shown. `is_wider`: the act was asked for by a smaller region,
    to which its errors go; the one it changes takes its own place.
    """
    is_refused = isinstance(context, Contexte) and bool(context.erreurs)
    if url is not None and not is_refused and not is_htmx(request):
        return go(request, url, annonce=annonce)
    shown = context if isinstance(context, Contexte) else await context()
    if not is_htmx(request):
        return await show(request, page, shown, status=status)
    if url is None or is_refused:
        return await show_region(request, region, shown, status=status)
    response = await show_region(request, region, shown, annonce=ANNONCES[annonce] if annonce else None)
    response.headers["HX-Push-Url"] = read_origine(request).keep(url)
    if is_wider:
        response.headers["HX-Retarget"] = f"#{region.removesuffix('.html').replace('/', '-')}"
    return response


def stay(request: _Request) -> Response[Any] | None:
    """Nothing changes on the page that htmx asks from; None for a bare browser, which waits for a page."""
    return Response(content=b"", status_code=204) if is_htmx(request) else None


def say_unchanged(request: _Request) -> Response[Any]:
    """A refresh that changes nothing sends nothing but the hour, which the page then says."""
    signed = visite.read_signed(request)
    zone = signed.zone if signed else PARIS
    return Response(None, status_code=204, headers={"Heure": quote(heure(visite.read_now(request), zone))})


def go(request: _Request, url: str, *, annonce: str | None = None) -> Response[Any]:
    """Send the browser to another page of ours; a whole new visit for htmx too. Within a demande, the list from which
    one came to it is kept.
    """
    url = read_origine(request).keep(url)
    if is_htmx(request):
        response: Response[Any] = Response(content=b"", status_code=200, headers={"HX-Redirect": url})
    else:
        response = Response(content=b"", status_code=303, headers={"Location": url})
    if annonce:
        if annonce not in ANNONCES:
            raise KeyError(annonce)
        cookies.set_annonce(response, annonce)
    cookies.keep_navigateur(request, response)
    return response


def send_pdf(pdf: bytes, nom: str) -> Response[Any]:
    """A printed document, to be kept under this name."""
    headers = {"Content-Disposition": attachment(nom)}
    return Response(content=pdf, status_code=200, media_type="application/pdf", headers=headers)


def write(template: str, context: Contexte, enveloppe: Enveloppe) -> str:
    """The text of a template. Raises TypeError for a context that does not list it."""
    written = render(template, **_read(template, context, enveloppe))
    return show_only(written) if is_masked() else written


def _read(template: str, context: Contexte, enveloppe: Enveloppe) -> dict[str, Any]:
    if template not in context.templates and context is not SANS_CONTEXTE:
        raise TypeError(f"{type(context).__name__} does not list {template} among its templates")
    return {**_names(enveloppe), **_names(context)}


def _names(shown: Contexte | Enveloppe) -> dict[str, Any]:
    return {one.name: getattr(shown, one.name) for one in fields(shown)}


def _html(template: str, context: Contexte, enveloppe: Enveloppe, status: int | None) -> Response[str]:
    code = status or (422 if context.erreurs else 200)
    return Response(content=write(template, context, enveloppe), status_code=code, media_type=HTML)


async def _menu(request: _Request) -> list[Entree]:
    signed = visite.read_signed(request)
    if signed is None:
        return []
    chemin = visite.read_chemin(request)
    if signed.is_half_open:
        # What waits is told once the phone has confirmed who asks.
        return build_plain_menu(signed.droits, chemin)
    return await build_menu(signed.droits, chemin, visite.read_now(request), request.state.get("counts"))


def list_bandeaux(request: _Request, now: datetime) -> list[Bande]:
    """What comes, then the information bands of this visit. Asks nothing of the base."""
    signed, fermes = visite.read_signed(request), cookies.read_bandeaux_fermes(request)
    # Whoever has not given the second factor yet is nobody.
    droits = signed.droits if signed and not signed.is_half_open else None
    shown = [*list_annonces(now, signed.zone if signed else PARIS), *list_affiches(droits, now)]
    return [bande for bande in shown if bande.nom not in fermes]


def say_maintenance(request: _Request, now: datetime) -> str:
    """What to say of the maintenance under way; nothing without one. Asks nothing of the base."""
    signed, current = visite.read_signed(request), find_current(now)
    return current.say_current(now, signed.zone if signed else PARIS) if current else ""


def _envelop(
    request: _Request,
    *,
    dress: str | None = None,
    menu: list[Entree] | None = None,
    annonce: str | None = None,
) -> Enveloppe:
    signed, affichage = visite.read_signed(request), cookies.read_affichage(request)
    now = visite.read_now(request)
    return Enveloppe(
        agent=signed,
        csrf=csrf.make_csrf(request),
        now=now,
        zone=signed.zone if signed else PARIS,
        is_demo=get_settings().is_demo,
        affichage=affichage,
        touches=visite.read_touches(request, is_on=affichage.has_touches),
        is_read_only=is_read_only(),
        peut_creer=bool(signed and can_create_demande(signed.droits) and not is_masked()),
        dress=dress,
        menu=menu or [],
        annonce=annonce,
        bandeaux=list_bandeaux(request, now) if dress == "_shell.html" else [],
        maintenance=say_maintenance(request, now),
        ici=visite.read_ici(request) if request.method == "GET" else "",
        origine=read_origine(request),
    )
