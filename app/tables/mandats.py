"""The usager’s consent, and the SMS that ask for it."""

from piccolo.columns import UUID, Bytea, Date, ForeignKey, Serial, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

from app.database import ENGINE
from app.tables.demandes import Demandes
from app.tables.liens import FOLLOW, FORGET, KEEP
from app.tables.personnes import Agents


class Mandats(Table, db=ENGINE, tablename="mandats"):
    """The usager’s consent, with the exact text it was given on."""

    id = UUID(primary_key=True, default=UUID4())
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=True, default=None, index=True)
    brouillon = UUID(null=True, default=None, index=True, help_text="asked before the demande exists")
    nature = Varchar(20, help_text="papier, sms, telephone")
    etat = Varchar(20, help_text="see mandats.Mandat")
    version = Varchar(20)
    empreinte = Varchar(64, help_text="SHA-256 of the text")
    attestation = Text(help_text="the exact sentence attested")
    donne_on = Date(null=True, default=None)
    contexte_scelle = Bytea(null=True, default=None, help_text="number called, answers, time: sealed")
    structure = Varchar(200, default="")
    recorded_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    recorded_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None, help_text="one year, or closing")
    revoked_at = Timestamptz(null=True, default=None)
    revoked_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    revocation_motif = Text(default="")


class Traductions(Table, db=ENGINE, tablename="traductions"):
    """A translation of the mandat that somebody who reads the language has read again."""

    id = Serial(primary_key=True)
    langue = Varchar(20, unique=True)
    empreinte = Varchar(64, help_text="SHA-256 of the file that was read")
    relue_by = ForeignKey(Agents, on_delete=FORGET, null=True, default=None, index=True)
    relue_at = Timestamptz()


class Sms(Table, db=ENGINE, tablename="sms"):
    """An SMS sent or received for a mandat; the row is the queue."""

    id = UUID(primary_key=True, default=UUID4())
    mandat = ForeignKey(Mandats, on_delete=FOLLOW, null=True, default=None, index=True)
    sens = Varchar(10, help_text="envoye, recu")
    numero_empreinte = Varchar(64, index=True)
    contenu_scelle = Bytea(help_text="number and text; empty once wiped")
    fournisseur_id = Varchar(
        100, null=True, default=None, unique=True, help_text="makes a webhook idempotent"
    )
    sent_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    created_at = Timestamptz()
    due_at = Timestamptz(null=True, default=None)
    claimed_until = Timestamptz(null=True, default=None)
    attempts = SmallInt(default=0)
    done_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    erreur = Varchar(200, default="", help_text="code and class, never a number")
