"""Everything that can happen: one call writes the journal and tells people, in the transaction of what happened."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from app import database, tables

FAITS: frozenset[str] = frozenset(
    {
        "connexion",
        "connexion_demandee",
        "connexion_inconnue",
        "connexion_refusee",
        "deconnexion",
        "deconnexion_partout",
        "cgu_acceptees",
        "profil_modifie",
        "demande_envoyee",
        "demande_consultee",
        "message_envoye",
        "message_prive_envoye",
        "prise_en_charge",
        "sollicitation_declinee",
        "demande_traitee",
        "demande_relancee",
        "invitation_envoyee",
        "demande_cloturee",
        "demande_reouverte",
        "information_ajoutee",
        "identifiant_affiche",
        "mandat_enregistre",
        "mandat_revoque",
        "mandat_sms_envoye",
        "mandat_sms_repondu",
        "mandat_termine",
        "mandat_vu",
        "piece_ajoutee",
        "piece_ouverte",
        "piece_effacee",
        "donnees_effacees",
    }
)


async def happened(
    fait: str,
    *,
    now: datetime,
    agent: int | None = None,
    demande: int | None = None,
    groupe: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the journal. `details` holds ids and codes, never personal data (quality S8).

    Raises ValueError for a fait without a name here. Who is told is said by `courriels.tell`, beside it.
    """
    if fait not in FAITS:
        raise ValueError(f"unknown fait: {fait}")
    await tables.Journal.insert(
        tables.Journal(
            at=now,
            fait=fait,
            agent=agent,
            demande=demande,
            groupe=groupe,
            details=json.dumps(details or {}),
        )
    )


async def list_faits(demande: int, faits: Collection[str]) -> list[Any]:
    """The journal lines of one demande, oldest first."""
    return await database.fetch(
        "select at, fait, agent, groupe, details from journal where demande = $1 and fait = any($2) order by id",
        demande,
        list(faits),
    )
