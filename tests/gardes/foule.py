"""Thirty of everything, where the scene has one: what must not cost more queries (quality P1)."""

from datetime import datetime, timedelta
from uuid import uuid4

from app import database
from app.domain.demandes.brouillons import save_brouillon
from app.domain.echanges.usagers import seal_informations
from app.domain.mots.identifiants import NatureIdentifiant
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import make_demande, make_invitation, make_message
from tests.gardes.roles import Objets, make_agent

TRENTE = 30

COPIES = """
insert into pieces_jointes (id, demande, message, uploaded_by, nom, type_mime, taille, cle, uploaded_at, expires_at)
select gen_random_uuid(), demande, message, uploaded_by, n || nom, type_mime, taille,
    left(encode(sha256((cle || n)::bytea), 'hex'), 40), uploaded_at, expires_at
from pieces_jointes, generate_series(1, :nombre) n where demande = :numero and brouillon is null;
"""
MANDATS = """
insert into mandats (id, demande, nature, etat, version, empreinte, attestation, donne_on, recorded_by, recorded_at,
    revoked_at, revoked_by, revocation_motif)
select gen_random_uuid(), demande, nature, 'revoque', version, empreinte, attestation, donne_on, recorded_by,
    recorded_at, recorded_at, recorded_by, 'Retrait'
from mandats, generate_series(1, :nombre) n where demande = :numero;
"""


async def make_crowd(ici: Objets, now: datetime) -> None:
    """Thirty more demandes for everyone, and thirty more of each thing in the demande `ici`."""
    groupes = CAST.groupes
    for n in range(TRENTE):
        numero = await make_demande(now - timedelta(hours=n + 2), titre=f"Demande {n}")
        await make_invitation(numero, CAST.aline, "collegue", now)
        await make_invitation(numero, CAST.elie, "expert", now)
        await make_message(numero, CAST.ines, "Bonjour.", now, groupe=groupes.caf)
        await make_message(ici.numero, CAST.ines, "Bonjour.", now, groupe=groupes.caf, is_prive=n % 3 == 0)
        agent = await make_agent(f"Yann{n}", groupes.caf, now, role="instructeur")
        await make_message(ici.numero, agent, "Bonjour.", now, groupe=groupes.caf)
        await make_agent(f"Zoe{n}", groupes.france_services, now, role="aidant")
    await seal_informations(
        ici.numero,
        [(NatureIdentifiant.AUTRE, f"Autre {n}", "Valeur") for n in range(TRENTE)],
        ici.auteur,
        now,
    )
    for sql in (COPIES, MANDATS):
        await database.fetch(sql, numero=ici.numero, nombre=TRENTE)
    signed = await signed_as(ici.auteur, now)
    for n in range(TRENTE):
        await save_brouillon(signed, uuid4(), {"titre": [f"Brouillon {n}"]}, None, now)
