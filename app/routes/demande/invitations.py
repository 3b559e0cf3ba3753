"""Bring someone in: another groupe of any département, a colleague, the experts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import SANS_MANDAT, Demande, get_demande, require_living
from app.domain.demandes.vu import Changement, Vu
from app.domain.echanges import departs, invitations
from app.domain.echanges.actes import Depuis
from app.domain.echanges.departs import see_leaving
from app.domain.echanges.fil import name_ligne
from app.domain.echanges.redaction import count_readers
from app.domain.echanges.saisie import InvitationSaisie, read_invitation, read_message
from app.domain.faits.registre import Fait
from app.domain.mots.champs import Champs
from app.domain.pieces_jointes.liste import Pieces
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_read_demande, require
from app.domain.territoire.departements import list_departements
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.bulles import Bulle, bulle_of
from app.routes.demande.contexte import PAGE, REGION
from app.routes.demande.dossier import EN_PARTANCE, reload_dossier
from app.routes.demande.gestes import Gestes, gestes_of
from app.routes.params import LEAVES_FIRST, Form, Now, Query, Signed, TheDemande, Visit

#: The button that shows another département, with all that was typed.
AFFICHER = "afficher"
PAGE_INVITATIONS = "demande/invitations.html"
REGION_INVITER = "demande/inviter.html"


@dataclass(frozen=True, kw_only=True)
class PageInvitations(Contexte):
    """Who may be invited in the département chosen; `lecteurs`, `lecteurs_prives`: who would read a word."""

    templates = (PAGE_INVITATIONS, REGION_INVITER)
    demande: Demande
    titre: str
    gestes: Gestes
    departements: list[tuple[str, str]]
    departement: str
    departement_nom: str
    compte: int
    """How many organismes of this département can be invited."""
    groupes: list[tuple[int, str, str]]
    """Those that are ticked and work for another one come first."""
    coches: str
    """What is still ticked of another département, in words, and what no longer can be."""
    en_pause: list[invitations.GroupeInvitable]
    collegues: list[tuple[int, str, str]]
    lecteurs: str
    lecteurs_prives: str
    saisie: InvitationSaisie
    vu: Vu
    avertissement: str
    gardes: str
    """What is kept of what was chosen, when it is asked again."""
    changements: tuple[Changement, ...]
    arrivees: list[Bulle]
    pieces: Pieces = field(default_factory=Pieces)


@get("/demandes/{numero:str}/invitations")
async def get_invitations(
    request: Visit, signed: Signed, demande: TheDemande, criteres: Query, now: Now
) -> Response[Any]:
    """Who may be invited; `departement` chooses where, by default that of the demande. htmx opens it in its page."""
    gestes = _required(signed, demande)
    empty = InvitationSaisie(cle=uuid4(), signature=signed.signature)
    choices = await _choices(signed, demande, gestes, criteres.texte("departement"), now=now, saisie=empty)
    return await _ask(request, choices)


@post("/demandes/{numero:str}/invitations", opt={**LEAVES_FIRST, "etapes": (AFFICHER,)})
async def create_invitation(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Invite them, with a word if there is one; `transfert` names the part of one’s own that ends by the same act. The
    step « Afficher » invites nobody: what was typed comes back, beside the organismes of the département chosen.
    """
    require(can_read_demande(signed.droits, demande.parties))
    typed, code = read_invitation(form), form.texte("departement")
    if form.texte("etape") == AFFICHER:
        gestes = _required(signed, demande)
        # Who comes from the form that declines may use it again: its key stays its own, and its word goes along.
        typed = replace(typed, cle=uuid4(), texte=typed.texte or form.texte("motif"))
        return await _ask(
            request, await _choices(signed, demande, gestes, code, now=now, saisie=typed, vu=typed.vu)
        )
    gestes = gestes_of(signed.droits, demande)
    try:
        if form.identifiant("transfert"):
            return await _transfer(request, signed, demande, form, now)
        ligne = await invitations.invite(signed, demande, typed, now)
    except Invalide as invalide:
        choices = await _choices(
            signed, demande, gestes, code, now=now, saisie=typed, erreurs=invalide.erreurs
        )
        return await _ask(request, choices)
    except Depuis as depuis:
        fresh = await get_demande(signed.droits, demande.numero)
        require_living(signed, fresh)  # the page of a conflict gives back everything that was typed
        gestes = gestes_of(signed.droits, fresh)
        kept = replace(typed, cle=uuid4()) if depuis.is_spent else typed
        choices = await _choices(signed, fresh, gestes, code, now=now, saisie=kept, depuis=depuis)
        return await _ask(request, choices, status=409)
    return await _answer(request, signed, demande, now, ligne=ligne, annonce=Fait.INVITATION_ENVOYEE)


async def _ask(request: Visit, choices: PageInvitations, status: int | None = None) -> Response[Any]:
    """Ask who is invited, in the page of the demande where htmx opened it, else on a page of its own."""
    return await pages.answer(
        request, REGION_INVITER, choices, page=PAGE_INVITATIONS, url=None, status=status
    )


async def _transfer(
    request: Visit, signed: Agent, demande: Demande, form: Champs, now: datetime
) -> Response[Any]:
    """It is the answer of who declines, which waits like any other; raises what `departs.send` does."""
    saisi = read_message(form)
    ligne = await departs.send(signed, demande, saisi, form, read=Formulaire, now=now)
    annonce = "reponse_en_partance" if ligne is None else Fait.SOLLICITATION_DECLINEE
    return await _answer(request, signed, demande, now, ligne=ligne, annonce=annonce, cle=saisi.cle)


async def _answer(
    request: Visit,
    signed: Agent,
    demande: Demande,
    now: datetime,
    *,
    ligne: int | None,
    annonce: str,
    cle: UUID | None = None,
) -> Response[Any]:
    """The line of the thread that says it, or the answer of this key that is leaving: all of the page may change."""
    ancre = f"partance-{cle}" if ligne is None else f"message-{name_ligne(ligne)}"
    focus = EN_PARTANCE if ligne is None else ligne
    load = partial(reload_dossier, signed, demande.numero, now, focus=focus)
    url = f"/demandes/{demande.numero}#{ancre}"
    return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce=annonce, is_wider=True)


def _required(signed: Agent, demande: Demande) -> Gestes:
    gestes = gestes_of(signed.droits, demande)
    require(can_read_demande(signed.droits, demande.parties))
    closed = "Cette demande est clôturée : on ne peut plus y inviter personne."
    phrase = closed if demande.parties.is_closed else None if demande.parties.has_mandat else SANS_MANDAT
    require(gestes.invite_groupe or gestes.invite_collegue, phrase)
    return gestes


async def _choices(
    signed: Agent,
    demande: Demande,
    gestes: Gestes,
    code: str,
    *,
    now: datetime,
    saisie: InvitationSaisie,
    vu: Vu | None = None,
    erreurs: Mapping[str, str] | None = None,
    depuis: Depuis | None = None,
) -> PageInvitations:
    """`vu`: what the form had seen, where nothing new is shown."""
    every = await list_departements()
    chosen = next((d for d in every if d.code == code), None)
    groupes = await invitations.list_groupes(
        demande, chosen.id if chosen else None, now, choisis=saisie.groupes
    )
    offerts = sorted((g for g in groupes if not g.reprise_on), key=lambda g: not g.is_ailleurs)
    ailleurs = [g.nom for g in offerts if g.is_ailleurs]
    collegues = await invitations.list_collegues(signed, demande) if gestes.invite_collegue else []
    lecteurs = await count_readers(demande)
    code = chosen.code if chosen else demande.departement_code
    perdus = list(_list_perdus(demande, gestes, groupes, collegues, saisie))
    departements = [(d.code, f"{d.nom} ({d.code})") for d in every]
    return PageInvitations(
        erreurs=erreurs or ({"": depuis.phrase} if depuis else {}),
        demande=demande,
        titre=mots.titre_of(demande),
        gestes=gestes,
        departements=departements,
        departement=code,
        departement_nom=dict(departements).get(code, code),
        compte=len(offerts) - len(ailleurs),
        groupes=[(g.id, g.nom, mots.propose_of(g)) for g in offerts],
        coches=mots.coches_of(ailleurs, () if depuis else perdus),
        en_pause=[g for g in groupes if g.reprise_on and not g.is_ailleurs],
        collegues=[(c.agent, c.nom, c.fonction or c.groupe_nom) for c in collegues],
        lecteurs=mots.lecteurs_of(lecteurs, is_invitation=True),
        lecteurs_prives=mots.lecteurs_prives_of(lecteurs, is_invitation=True) if gestes.write_prive else "",
        saisie=saisie,
        vu=await see_leaving(signed, demande, Formulaire) if vu is None else vu,
        avertissement=depuis.phrase if depuis else "",
        gardes=mots.gardes_of(perdus),
        changements=depuis.changements if depuis else (),
        arrivees=[bulle_of(ligne, signed.droits.agent, None) for ligne in depuis.lignes] if depuis else [],
    )


def _list_perdus(
    demande: Demande,
    gestes: Gestes,
    groupes: list[invitations.GroupeInvitable],
    collegues: list[invitations.Collegue],
    saisie: InvitationSaisie,
) -> Iterator[str]:
    """What was chosen, in words, whose box is no longer there: who takes part by now, or may not be asked any more."""
    noms = {s.groupe: s.nom for s in demande.sollicitations} | {g.id: g.nom for g in groupes}
    for groupe in set(saisie.groupes) - {g.id for g in groupes if not g.reprise_on}:
        yield noms.get(groupe, "un organisme")
    if perdus := len(set(saisie.collegues) - {c.agent for c in collegues}):
        yield "un collègue" if perdus == 1 else f"{perdus} collègues"
    if saisie.experts and not gestes.invite_experts:
        yield "les experts"
    if saisie.is_prive and not gestes.write_prive:
        yield "«\u00a0Message réservé aux instructeurs\u00a0»"


ROUTES = [get_invitations, create_invitation]
