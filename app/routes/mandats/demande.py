"""`/demandes/{numero}/mandat`: every mandat of a demande; a new one, a revocation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain import mandats
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import Demande, get_demande
from app.domain.demandes.voix import choose_voix
from app.domain.demandes.vu import Changement, Vu, read_vu
from app.domain.echanges.actes import Depuis
from app.domain.echanges.departs import see_leaving
from app.domain.faits.registre import Fait
from app.domain.mandats import Mandat, MandatSaisi, Section
from app.domain.mandats.textes import VERSION
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.mandats import EtatMandat, MotifRevocation, NatureMandat, read_motif
from app.domain.regles.permissions import can_record_mandat, can_revoke_mandat, can_see_mandat, require
from app.formulaire import Formulaire
from app.impression import MandatAImprimer
from app.pages import Contexte
from app.routes.mandats.bilingue_rempli import send_bilingue
from app.routes.mandats.feuilles import read_modele, send_pdf
from app.routes.params import LEAVES_FIRST, Form, Now, Query, Signed, TheDemande, Visit

PAGE = "mandats/demande.html"
REGION = "mandats/registre.html"


@dataclass(frozen=True)
class RevocationSaisie:
    """Why the mandat ends, as it was typed."""

    motif: MotifRevocation | None = MotifRevocation.RETRAIT
    precision: str = ""
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Registre(Contexte):
    """Every mandat of a demande; `accord` when a new one may be recorded, `sms` when one waits for its answer."""

    templates = (PAGE, REGION)
    demande: Demande
    mandats: list[Mandat]
    sms: Mandat | None
    accord: Section | None
    peut_revoquer: bool
    motifs: list[tuple[str, str]]
    revocation: RevocationSaisie
    cle: UUID
    vu: Vu
    changements: tuple[Changement, ...]


@get("/demandes/{numero:str}/mandat")
async def get_registre(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[str]:
    """Everything about the mandats of this demande."""
    return await pages.show(request, PAGE, await _build(signed, demande, now))


@get("/demandes/{numero:str}/mandat.pdf")
async def get_prerempli(
    request: Visit, signed: Signed, demande: TheDemande, criteres: Query, now: Now
) -> Response[Any]:
    """A mandat to sign for this demande, filled in: for instance after a revocation. `?langue=` as for a new one."""
    require(can_record_mandat(signed.droits, demande.parties))
    mandat = MandatAImprimer(
        prenom=demande.usager_prenom,
        nom=demande.usager_nom,
        naissance=demande.usager_naissance,
        structure=choose_voix(signed, demande).groupe_nom,
        agent=f"{signed.prenom} {signed.nom}".strip(),
        date=now.astimezone(signed.zone).date(),
    )
    if langue := criteres.texte("langue"):
        return await send_bilingue(request, langue, mandat, par=signed.droits.agent)
    return await send_pdf(request, read_modele(criteres.texte("modele")), VERSION, mandat)


@post("/demandes/{numero:str}/mandat", opt=LEAVES_FIRST)
async def create_mandat(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Record a new mandat on paper or by phone, or ask for it by SMS."""
    require(can_see_mandat(signed.droits, demande.parties))
    saisi, vu = mandats.read_saisie(form), read_vu(form.texte("vu"))
    try:
        if saisi.nature is NatureMandat.SMS:
            await _ask_sms(signed, demande, saisi, vu, now)
        else:
            cle = form.cle("cle") or uuid4()
            await mandats.record_mandat(signed, demande, saisi, cle=cle, vu=vu, now=now)
    except Invalide as invalide:
        kept = await _build(signed, demande, now, saisi=saisi, erreurs=invalide.erreurs)
        return await pages.answer(request, REGION, kept, page=PAGE, url=_url(demande))
    except Conflit as conflit:
        fresh = await get_demande(signed.droits, demande.numero)
        kept = await _build(signed, fresh, now, saisi=saisi, conflit=conflit)
        return await pages.answer(request, REGION, kept, page=PAGE, url=_url(demande), status=409)
    annonce = Fait.MANDAT_SMS_ENVOYE if saisi.nature is NatureMandat.SMS else Fait.MANDAT_ENREGISTRE
    return await _changed(request, signed, demande, now, annonce)


@post("/demandes/{numero:str}/mandat/revocation", opt=LEAVES_FIRST)
async def create_revocation(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """The usager takes the mandat back."""
    require(can_see_mandat(signed.droits, demande.parties))
    typed = RevocationSaisie(read_motif(form.texte("motif")), form.texte("precision"), is_open=True)
    cle, vu = form.cle("cle") or uuid4(), read_vu(form.texte("vu"))
    try:
        await mandats.revoke(
            signed, demande, motif=typed.motif, precision=typed.precision, cle=cle, vu=vu, now=now
        )
    except Invalide as invalide:
        kept = await _build(signed, demande, now, revocation=typed, erreurs=invalide.erreurs)
        return await pages.answer(request, REGION, kept, page=PAGE, url=_url(demande))
    except Conflit as conflit:
        fresh = await get_demande(signed.droits, demande.numero)
        kept = await _build(signed, fresh, now, revocation=typed, conflit=conflit)
        return await pages.answer(request, REGION, kept, page=PAGE, url=_url(demande), status=409)
    return await _changed(request, signed, demande, now, Fait.MANDAT_REVOQUE)


async def _ask_sms(signed: Agent, demande: Demande, saisi: MandatSaisi, vu: Vu, now: Now) -> None:
    await mandats.request_sms(
        signed,
        demande=demande,
        numero=saisi.sms_numero,
        structure=choose_voix(signed, demande).groupe_nom,
        zone=demande.calendrier.zone,
        now=now,
        vu=vu,
    )


async def _changed(request: Visit, signed: Agent, demande: Demande, now: Now, annonce: str) -> Response[Any]:
    async def load() -> Registre:
        return await _build(signed, await get_demande(signed.droits, demande.numero), now)

    return await pages.answer(request, REGION, load, page=PAGE, url=_url(demande), annonce=annonce)


async def _build(
    signed: Agent,
    demande: Demande,
    now: Now,
    *,
    saisi: MandatSaisi | None = None,
    revocation: RevocationSaisie | None = None,
    erreurs: Mapping[str, str] | None = None,
    conflit: Conflit | None = None,
) -> Registre:
    every = await mandats.list_mandats(signed, demande, now)
    records = can_record_mandat(signed.droits, demande.parties) and not demande.parties.has_mandat
    waiting = next(
        (m for m in every if m.nature is NatureMandat.SMS and m.etat is EtatMandat.EN_ATTENTE), None
    )
    return Registre(
        erreurs=erreurs or ({"": f"{conflit.phrase} Rien n’est encore fait."} if conflit else {}),
        demande=demande,
        mandats=every,
        sms=waiting,
        accord=mandats.build_section(saisi or _proposed(signed, now), waiting) if records else None,
        peut_revoquer=can_revoke_mandat(signed.droits, demande.parties),
        motifs=[(motif.value, motif.fiche.libelle) for motif in MotifRevocation],
        revocation=revocation or RevocationSaisie(),
        cle=uuid4(),
        vu=await see_leaving(signed, demande, Formulaire),
        changements=conflit.changements if isinstance(conflit, Depuis) else (),
    )


def _proposed(signed: Agent, now: Now) -> MandatSaisi:
    """Signed today, or called now: what is most often right."""
    local = now.astimezone(signed.zone)
    return MandatSaisi(mandat_on=local.date(), appel_on=local.date(), appel_heure=f"{local:%H:%M}")


def _url(demande: Demande) -> str:
    return f"/demandes/{demande.numero}/mandat"


ROUTES = [get_registre, get_prerempli, create_mandat, create_revocation]
