"""Rows for tests, written straight into the base with facts that hold together."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from app import database
from app.domain.acces.sessions import hash_jeton
from app.domain.mots.folding import fold
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse
from tests.cast import CAST

PARIS = Calendrier("Europe/Paris", "")


async def make_demande(
    now: datetime,
    *,
    auteur: int | None = None,
    groupe: int | None = None,
    groupes: Sequence[int] | None = None,
    departement: str = "22",
    titre: str = "Versement de l’AAH interrompu",
    description: str = "Plus de versement depuis juillet.",
    usager: tuple[str, str, str] = ("Martine", "Dubois", "1968"),
    urgence: str | None = None,
    sent_at: datetime | None = None,
    has_mandat: bool = True,
) -> int:
    """A demande sent by Aïda (22) to the CAF 22 unless said otherwise; returns its number."""
    sent = sent_at or now - timedelta(hours=2)
    row = await database.fetch_one(
        """
        insert into demandes (formulaire, auteur, groupe, departement, titre, description, urgence, usager_prenom,
            usager_nom, usager_naissance, sent_at, last_aidant_at, last_public_at, last_prive_at)
        values (:formulaire, :auteur, :groupe, :departement, :titre, :description, :urgence, :prenom, :nom, :naissance,
            :sent, :sent, :sent, :sent) returning numero
        """,
        formulaire=uuid4(),
        auteur=auteur or CAST.aida,
        groupe=groupe or CAST.groupes.france_services,
        departement=CAST.departements[departement],
        titre=titre,
        description=description,
        urgence=urgence,
        prenom=usager[0],
        nom=usager[1],
        naissance=usager[2],
        sent=sent,
    )
    assert row is not None
    numero: int = row["numero"]
    repere = fold(" ".join([str(numero), titre, *usager[:2], description]))
    await database.fetch(
        "update demandes set repere = :repere where numero = :numero", numero=numero, repere=repere
    )
    for asked in groupes if groupes is not None else (CAST.groupes.caf,):
        await database.fetch(
            """
            insert into sollicitations (demande, groupe, solicited_by, solicited_at, late_at)
            values (:demande, :groupe, :solicited_by, :solicited_at, :late_at)
            """,
            demande=numero,
            groupe=asked,
            solicited_by=auteur or CAST.aida,
            solicited_at=sent,
            late_at=echeance_premiere_reponse(sent, PARIS),
        )
    if has_mandat:
        await database.fetch(
            """
            insert into mandats (id, demande, nature, etat, version, empreinte, attestation, donne_on, recorded_by,
                recorded_at, ends_at)
            values (:cle, :demande, 'papier', 'valide', '2026-11-22', 'x', 'J’atteste.', :donne_on, :recorded_by,
                :recorded_at, :ends_at)
            """,
            cle=uuid4(),
            demande=numero,
            donne_on=sent.date(),
            recorded_by=auteur or CAST.aida,
            recorded_at=sent,
            ends_at=sent + timedelta(days=365),
        )
    return numero


async def confirm_session(jeton: str) -> str:
    """The session of this token has given its second factor; returns the token."""
    await database.fetch(
        "update sessions set second_facteur_at = created_at where cle = :cle", cle=hash_jeton(jeton)
    )
    return jeton


async def make_invitation(numero: int, agent: int, qualite: str, now: datetime) -> None:
    """Invite someone by name: collegue, instructeur or expert."""
    await database.fetch(
        "insert into invitations (demande, agent, qualite, invited_at) values (:demande, :agent, :qualite, :now)",
        demande=numero,
        agent=agent,
        qualite=qualite,
        now=now,
    )


async def decline_all(numero: int, now: datetime) -> None:
    """Everybody who was asked says that it is not theirs."""
    await database.fetch(
        "update sollicitations set declinee_at = :now, late_at = null where demande = :numero",
        now=now,
        numero=numero,
    )


async def make_message(
    numero: int,
    auteur: int | None,
    texte: str,
    now: datetime,
    *,
    cote: str = "instructeur",
    nature: str = "reponse",
    groupe: int | None = None,
    is_prive: bool = False,
) -> int:
    """A message of the thread, without what its verb would also do."""
    row = await database.fetch_one(
        """
        insert into messages (demande, cle, auteur, groupe, cote, nature, texte, is_prive, repere, sent_at)
        values (:demande, :cle, :auteur, :groupe, :cote, :nature, :texte, :is_prive, :repere, :sent_at) returning id
        """,
        demande=numero,
        cle=uuid4(),
        auteur=auteur,
        groupe=groupe,
        cote=cote,
        nature=nature,
        texte=texte,
        is_prive=is_prive,
        repere=fold(texte),
        sent_at=now,
    )
    assert row is not None
    return int(row["id"])


async def list_told(fait: str) -> set[str]:
    """The addresses a mail of this fait is written for."""
    return {
        row["adresse"]
        for row in await database.fetch("select adresse from courriels where fait = :fait", fait=fait)
    }


async def list_journal(fait: str) -> list[dict[str, object]]:
    """The journal lines of this fait, oldest first, without the network and the browser of the visit."""
    rows = await database.fetch(
        "select agent, demande, groupe, details - 'reseau' - 'navigateur' as details from journal "
        "where fait = :fait order by id",
        fait=fait,
    )
    return [{**dict(row), "details": json.loads(row["details"])} for row in rows]


# What only the owner of the base can do, and never does: its triggers are put to sleep.
EMPTY_JOURNAL = """
alter table journal disable trigger user; delete from journal; alter table journal enable trigger user;
"""


async def erase_demandes() -> None:
    """What a committed test wrote about demandes and mails goes; the cast stays."""
    await database.run_script(
        "delete from courriels; delete from mandats; delete from pieces_jointes; delete from brouillons;"
        "delete from demandes; delete from satisfactions; delete from liens; delete from tentatives;"
        "delete from sessions; delete from balayages; delete from battements;" + EMPTY_JOURNAL
    )
