"""Bring someone in: another groupe of any département, a colleague, the experts."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import Demande
from app.domain.echanges import invitations, messages
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_read_demande, require
from app.domain.territoire.departements import list_departements
from app.routes.demande.dossier import entete_of, lecteurs_of, typed
from app.routes.demande.gestes import Gestes, gestes_of
from app.routes.params import Form, Now, Query, Signed, TheDemande, Visit


@get("/demandes/{numero:str}/invitations")
async def get_invitations(
    request: Visit, signed: Signed, demande: TheDemande, criteres: Query, now: Now
) -> Response[Any]:
    """Who may be invited; `departement` chooses where, by default that of the demande."""
    gestes = _required(signed, demande)
    choices = await _choices(signed, demande, gestes, code=criteres.texte("departement"), now=now)
    return await pages.show(request, "demande/invitations.html", **choices)


@post("/demandes/{numero:str}/invitations")
async def create_invitation(
    request: Visit, signed: Signed, demande: TheDemande, *, criteres: Query, form: Form, now: Now
) -> Response[Any]:
    """Invite them, with a word if there is one."""
    gestes = _required(signed, demande)
    saisie: dict[str, Any] = {
        "groupes": tuple(form.identifiants("groupes")),
        "collegues": tuple(form.identifiants("collegues")),
        "experts": form.is_checked("experts"),
        "texte": form.texte("texte"),
        "is_prive": form.is_checked("is_prive"),
        "cle": form.cle("cle") or uuid4(),
    }
    try:
        ligne = await invitations.invite(signed, demande, **saisie, now=now)
    except Invalide as invalide:
        choices = await _choices(
            signed, demande, gestes, code=criteres.texte("departement"), now=now, saisie=saisie
        )
        return await pages.show(
            request, "demande/invitations.html", status=422, erreurs=invalide.erreurs, **choices
        )
    return pages.go(request, f"/demandes/{demande.numero}#message-{ligne}", annonce=Fait.INVITATION_ENVOYEE)


def _required(signed: Agent, demande: Demande) -> Gestes:
    gestes = gestes_of(signed.droits, demande)
    require(can_read_demande(signed.droits, demande.parties))
    require(
        gestes.invite_groupe or gestes.invite_collegue,
        "Cette demande est clôturée : on ne peut plus y inviter personne.",
    )
    return gestes


async def _choices(
    signed: Agent,
    demande: Demande,
    gestes: Gestes,
    *,
    code: str,
    now: datetime,
    saisie: dict[str, Any] | None = None,
) -> dict[str, Any]:
    every = await list_departements()
    chosen = next((d for d in every if d.code == code), None)
    groupes = await invitations.list_groupes(demande, chosen.id if chosen else None)
    collegues = await invitations.list_collegues(signed, demande) if gestes.invite_collegue else []
    return {
        **entete_of(signed, demande, gestes, now),
        "departements": [(d.code, f"{d.nom} ({d.code})") for d in every],
        "departement": chosen.code if chosen else demande.departement_code,
        "groupes": [(g.id, g.nom, g.avertissement) for g in groupes],
        "collegues": [(c.agent, c.nom, c.fonction or c.groupe_nom) for c in collegues],
        "lecteurs": lecteurs_of(await messages.count_readers(demande)) if gestes.write_prive else "",
        "saisie": typed(signed, saisie),
        "cles": {"reponse": (saisie or {}).get("cle") or uuid4()},
    }


ROUTES = [get_invitations, create_invitation]
