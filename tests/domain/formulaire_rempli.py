"""A new demande typed whole, as its form would post it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from app import database
from app.domain.acces.sessions import Signed
from app.domain.nouvelles_demandes.composition import compose
from app.domain.nouvelles_demandes.envoi import send_demande
from app.domain.nouvelles_demandes.saisie import Saisie, read_saisie
from app.formulaire import Formulaire
from tests.cast import CAST


def filled(**changes: Any) -> dict[str, Any]:
    """The fields of a demande of Aïda to the CAF 22 that may leave; None leaves a field out."""
    fields: dict[str, Any] = {
        "formulaire": str(uuid4()),
        "structure": CAST.groupes.france_services,
        "departement": CAST.departements["22"],
        "departement_vu": CAST.departements["22"],
        "mode": "libre",
        "groupes": [CAST.groupes.caf],
        "prenom": "Martine",
        "nom": "Dubois",
        "naissance": "1968",
        "identifiant_allocataire_caf": "1234567",
        "titre": "AAH interrompue depuis juillet",
        "description": "Plus de versement depuis juillet, malgré deux relances.",
        "urgence": "normale",
        "mandat_le": "2026-11-20",
        "attestation": "1",
    }
    return {nom: valeur for nom, valeur in {**fields, **changes}.items() if valeur is not None}


def form_of(fields: dict[str, Any]) -> Formulaire:
    """These fields, posted."""
    return Formulaire.of_pairs(
        (nom, str(un))
        for nom, valeur in fields.items()
        for un in (valeur if isinstance(valeur, list) else [valeur])
    )


async def send(
    signed: Signed, typed: Saisie, now: datetime, champs: Mapping[str, list[str]] | None = None
) -> int:
    """Send this form, composed as its page does; `champs`: what its page says of itself."""
    return await send_demande(signed, await compose(signed, typed, now), champs or {}, now)


def saisie_of(signed: Signed, **changes: Any) -> Saisie:
    """The form of `filled`, read."""
    return read_saisie(signed, form_of(filled(**changes)))


async def id_of_sujet(code: str) -> int:
    """The id of a sujet of the referentiel."""
    row = await database.fetch_one("select id from sujets where code = :code", code=code)
    assert row is not None
    return int(row["id"])
