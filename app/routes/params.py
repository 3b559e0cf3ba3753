"""What handlers may ask for: Signed, TheDemande, TheGroupe, Form, Query, Now, Destination; the row of an address."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.routes import HTTPRoute

from app import pages, visite
from app.domain.acces import sessions as signed_in
from app.domain.demandes import demande as demandes
from app.domain.echanges import departs
from app.domain.groupes import groupe as groupes
from app.domain.regles.errors import Introuvable
from app.formulaire import NUMERO_MAX, Formulaire, as_id

Visit = Request[Any, Any, Any]
Signed = NamedDependency[signed_in.Signed]
TheDemande = NamedDependency[demandes.Demande]
TheGroupe = NamedDependency[groupes.Groupe]
Form = NamedDependency[Formulaire]
Query = NamedDependency[Formulaire]
Now = NamedDependency[datetime]
Destination = NamedDependency[str]

#: For the acts that follow an answer: closing lets one's own thanks leave before. What a form only shows again (its
#: `etapes`) is no act.
LEAVES_FIRST = {"part_avant": True}
DESTINATION_MAX = 500
# Where an address may lead: a path of ours and its query, in the characters an address is written with.
_ADDRESS = re.compile(r"(?P<chemin>(/[\w.~%!$&'()*+,;=:@-]*)+)(\?[\w.~%!$&'()*+,;=:@/?-]*)?", re.ASCII)
# These pages are no destination: coming back to them would only ask to sign in, or to leave, again.
_NO_RETURN = ("/connexion", "/deconnexion", "/cgu", "/static", "/profil/second-facteur", "/_")


def provide_now(request: Visit) -> datetime:
    """The instant of the visit."""
    return visite.read_now(request)


def provide_signed(request: Visit) -> signed_in.Signed:
    """Who is signed in; only routes that need it ask."""
    signed = visite.read_signed(request)
    assert signed is not None, "a public route asked for Signed"
    return signed


def provide_form(request: Visit) -> Formulaire:
    """The form of a POST, already read and checked by `porte.open_visit`."""
    formulaire: Formulaire = request.state.formulaire
    return formulaire


def provide_query(request: Visit) -> Formulaire:
    """The query string."""
    return Formulaire.of_query(request.query_params.multi_items())


def provide_destination(request: Visit) -> str:
    """Where this visit was going, from the query or the form; see `own_destination`."""
    formulaire: Formulaire | None = request.state.get("formulaire")
    return own_destination(request, (formulaire or provide_query(request)).texte("destination"))


def read_id(request: Visit, nom: str) -> int:
    """The row that the address names under `nom`. Raises Introuvable when it is no number."""
    found = as_id(str(request.path_params[nom]))
    if found is None:
        raise Introuvable
    return found


def own_destination(request: Visit, typed: str) -> str:
    """`typed` when it is the address of one of our own pages, `/` otherwise (product §4).

    Judged by the routes this application really has, so that no page is forgotten and nowhere else is possible.
    """
    found = _ADDRESS.fullmatch(typed) if len(typed) <= DESTINATION_MAX else None
    if found is None or typed.startswith("//"):
        return "/"
    pages = (
        route
        for route in request.app.routes
        if isinstance(route, HTTPRoute) and "GET" in route.methods and not route.path.startswith(_NO_RETURN)
    )
    parts = found["chemin"].split("/")[1:]
    return typed if any(_leads(route, parts) for route in pages) else "/"


def _leads(route: HTTPRoute, parts: list[str]) -> bool:
    """A parameter is any one segment, but never one that climbs (`..`)."""
    wanted = route.path_components or [""]
    return len(wanted) == len(parts) and all(
        got == part if isinstance(part, str) else unquote(got).strip(".") != ""
        for part, got in zip(wanted, parts, strict=True)
    )


async def provide_demande(request: Visit) -> demandes.Demande:
    """The demande of the path, for whoever may at least know it exists. Raises Introuvable.

    What had to leave has left; before an act (`LEAVES_FIRST`), one's own answer too, but the one that this very form
    has sent: pressed twice, it still waits.
    """
    numero = as_id(str(request.path_params["numero"]), NUMERO_MAX)
    signed = visite.read_signed(request)
    if numero is None or signed is None:
        raise Introuvable
    demande = await demandes.get_demande(signed.droits, numero)
    now = visite.read_now(request)
    has_left = await departs.leave_due(demande, Formulaire, now)
    opt = request.route_handler.opt
    if opt.get("part_avant") and (form := provide_form(request)).texte("etape") not in opt.get("etapes", ()):
        sent = form.cle("cle") if form.texte("transfert") else None
        has_left |= await departs.leave_own(signed, demande, Formulaire, now, sent=sent)
    if not has_left:
        return demande
    pages.forget_counts(request)
    return await demandes.get_demande(signed.droits, numero)


async def provide_equipe(request: Visit) -> groupes.Groupe:
    """The groupe of the path, for its members and the administrateurs. Raises Introuvable."""
    groupe = as_id(str(request.path_params["groupe"]))
    signed = visite.read_signed(request)
    if groupe is None or signed is None:
        raise Introuvable
    return await groupes.get_groupe(signed.droits, groupe)


DEPENDENCIES = {
    "now": Provide(provide_now, sync_to_thread=False),
    "signed": Provide(provide_signed, sync_to_thread=False),
    "form": Provide(provide_form, sync_to_thread=False),
    "criteres": Provide(provide_query, sync_to_thread=False),
    "destination": Provide(provide_destination, sync_to_thread=False),
    "demande": Provide(provide_demande),
    "equipe": Provide(provide_equipe),
}
