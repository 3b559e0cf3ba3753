"""A mandat is recorded word for word: with the demande that is sent, or for one that has none any more (product §8)."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import CLOTUREE, Demande
from app.domain.demandes.voix import choose_voix, remembered_signature
from app.domain.demandes.vu import Vu
from app.domain.echanges.actes import ActeSaisi, Decision, act
from app.domain.echanges.publication import Publication
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.registre import Fait
from app.domain.mandats import textes as textes_mandat
from app.domain.mandats.mandat import seal_contexte
from app.domain.mandats.saisie import QUESTIONS, MandatSaisi, check_saisie
from app.domain.mots.dates import read_heure
from app.domain.mots.telephones import read_numero
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.permissions import can_record_mandat, is_on_aidant_side, require
from app.tables import Mandats as Rows

EN_COURS = "Un mandat est déjà en cours pour cette demande : il n’en faut pas d’autre."

INSERT = """
insert into mandats (id, demande, nature, etat, version, empreinte, attestation, donne_on, contexte_scelle,
    structure, recorded_by, recorded_at, ends_at)
values (:cle, :demande, :nature, 'valide', :version, :empreinte, :attestation, :donne_on, :contexte,
    :structure, :agent, :now, fin_du_mandat(:donne_on, :fuseau))
"""


async def record(
    signed: Signed, saisi: MandatSaisi, *, demande: int, formulaire: UUID, structure: str, now: datetime
) -> None:
    """Record the mandat of a demande being sent, in the transaction that sends it and says so in the journal.

    `saisi` was checked with `check_saisie`. What was asked by SMS from the form follows the demande, answered or not;
    the answer itself is what counts. Raises Invalide when the usager has not said OUI, or no longer.
    """
    if saisi.nature is not NatureMandat.SMS:
        await _insert(signed, saisi, demande, structure, now)
        return
    asked = (
        await Rows.update({Rows.demande: demande, Rows.structure: structure})
        .where(Rows.brouillon == formulaire, Rows.recorded_by == signed.droits.agent, Rows.demande.is_null())
        .returning(Rows.etat)
    )
    if not any(row["etat"] == EtatMandat.VALIDE for row in asked):
        raise Invalide({"sms_numero": "L’usager n’a pas répondu OUI : la demande ne peut pas partir."})


async def record_mandat(
    signed: Signed, demande: Demande, saisi: MandatSaisi, *, cle: UUID, vu: Vu, now: datetime
) -> None:
    """Record a new mandat, on paper or by phone, for a demande that has none any more: answers start again.

    The same form sent twice records it once. Raises Refus, Invalide, Conflit, Depuis.
    """
    # The thread holds nothing of what was typed: only a key made of it tells two forms apart.
    ecrit = Ecrit(cle=uuid5(cle, _words_of(saisi)))

    async def decide(signed: Signed, demande: Demande) -> Decision:
        if demande.parties.is_closed and is_on_aidant_side(signed.droits, demande.parties):
            raise Conflit(CLOTUREE)
        require_recordable(signed, demande)
        if saisi.nature is NatureMandat.SMS:
            raise Invalide(
                {"sms_numero": "Envoyez le SMS : le mandat sera enregistré quand l’usager répondra OUI."}
            )
        erreurs = check_saisie(saisi, now, signed.zone, etat_sms=None)
        if erreurs:
            raise Invalide(erreurs)
        voix = choose_voix(signed, demande)

        async def change() -> None:
            await _insert(signed, saisi, demande.numero, voix.groupe_nom, now)

        said = replace(ecrit, signature=remembered_signature(signed))
        return Decision(Publication(Fait.MANDAT_ENREGISTRE, demande.numero, voix, said), change)

    acte = ActeSaisi(
        fait=Fait.MANDAT_ENREGISTRE,
        ecrit=ecrit,
        vu=vu,
        decide=decide,
        is_named_by_key=True,
        is_done=lambda held: held.parties.has_mandat,
    )
    await act(signed, demande, acte, now)


def _words_of(saisi: MandatSaisi) -> str:
    return " ".join(str(getattr(saisi, champ.name)) for champ in fields(saisi))


def require_recordable(signed: Signed, demande: Demande) -> None:
    """Raises Refus to who may not record a mandat, Conflit when one is in force."""
    require(
        can_record_mandat(signed.droits, demande.parties), CLOTUREE if demande.parties.is_closed else None
    )
    if demande.parties.has_mandat:
        raise Conflit(EN_COURS)


async def _insert(signed: Signed, saisi: MandatSaisi, demande: int, structure: str, now: datetime) -> None:
    assert saisi.nature is not None and saisi.donne_on is not None, "checked before"
    cle, version = uuid4(), textes_mandat.VERSION
    nom = saisi.nature.fiche.texte or f"{saisi.modele}.html"
    await database.fetch(
        INSERT,
        cle=cle,
        demande=demande,
        nature=saisi.nature.value,
        version=version,
        empreinte=textes_mandat.get_empreinte(version, nom),
        attestation=textes_mandat.get_attestation(version, saisi.nature),
        donne_on=saisi.donne_on,
        contexte=seal_contexte(cle, _contexte_of(saisi, version, signed.zone)),
        structure=structure[: textes_mandat.STRUCTURE_MAX],
        agent=signed.droits.agent,
        now=now,
        fuseau=signed.zone.key,
    )


def _contexte_of(saisi: MandatSaisi, version: str, zone: ZoneInfo) -> dict[str, Any]:
    if saisi.nature is NatureMandat.PAPIER:
        return {"modele": saisi.modele.value}
    heure = read_heure(saisi.appel_heure)
    questions = [etape.question for etape in textes_mandat.list_etapes_telephone(version) if etape.question]
    return {
        "numero": read_numero(saisi.appel_numero, zone.key),
        "heure": f"{heure:%H:%M}" if heure else "",
        "fuseau": zone.key,
        "reponses": list(zip(questions, saisi.reponses[: len(QUESTIONS)], strict=True)),
    }
