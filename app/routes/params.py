"""The words handlers may ask for: Signed, TheDemande, Form, Query, Now."""

from datetime import datetime
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide

from app import session
from app.domain import demandes
from app.domain import sessions as signed_in
from app.domain.errors import Introuvable
from app.formulaire import MAX_NUMERO, Formulaire, as_id

Visit = Request[Any, Any, Any]
Signed = NamedDependency[signed_in.Signed]
TheDemande = NamedDependency[demandes.Demande]
Form = NamedDependency[Formulaire]
Query = NamedDependency[Formulaire]
Now = NamedDependency[datetime]


def provide_now(request: Visit) -> datetime:
    """The instant of the visit."""
    return session.read_now(request)


def provide_signed(request: Visit) -> signed_in.Signed:
    """Who is signed in; only routes that need it ask."""
    signed = session.read_signed(request)
    assert signed is not None, "a public route asked for Signed"
    return signed


def provide_form(request: Visit) -> Formulaire:
    """The form of a POST, already read and checked by `session.open_visit`."""
    formulaire: Formulaire = request.state.formulaire
    return formulaire


def provide_query(request: Visit) -> Formulaire:
    """The query string."""
    return Formulaire.of_pairs(request.query_params.multi_items())


async def provide_demande(request: Visit) -> demandes.Demande:
    """The demande of the path, for whoever may at least know it exists. Raises Introuvable."""
    numero = as_id(str(request.path_params["numero"]), MAX_NUMERO)
    signed = session.read_signed(request)
    if numero is None or signed is None:
        raise Introuvable
    return await demandes.get_demande(signed.droits, numero)


DEPENDENCIES = {
    "now": Provide(provide_now, sync_to_thread=False),
    "signed": Provide(provide_signed, sync_to_thread=False),
    "form": Provide(provide_form, sync_to_thread=False),
    "criteres": Provide(provide_query, sync_to_thread=False),
    "demande": Provide(provide_demande),
}
