"""What happened and who is told: mails, journal, satisfaction, the heartbeat."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

from app.database import ENGINE
from app.tables.demandes import Demandes
from app.tables.liens import FOLLOW, KEEP
from app.tables.personnes import Agents
from app.tables.territoire import Departements, Organismes


class Courriels(Table, db=ENGINE, tablename="courriels"):
    """A mail to send: the row is the queue. `contexte_scelle` is wiped once sent."""

    id = UUID(primary_key=True, default=UUID4(), help_text="also its Messages-ID")
    fait = Varchar(40)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=True, default=None, index=True)
    adresse = Varchar(254)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=True, default=None, index=True)
    contexte_scelle = Bytea(null=True, default=None)
    priorite = SmallInt(default=5, help_text="0 sign-in first")
    genre = Varchar(20, null=True, default=None, help_text="the kind of event its agent chose an hour for")
    is_waiting = Boolean(default=False, help_text="its agent’s hour decides when it joins the queue")
    groupe_dans = UUID(null=True, default=None, help_text="the mail that tells its news with others")
    created_at = Timestamptz()
    due_at = Timestamptz()
    claimed_until = Timestamptz(null=True, default=None)
    attempts = SmallInt(default=0)
    sent_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    erreur = Varchar(200, default="", help_text="code and class, never an address")


class Journal(Table, db=ENGINE, tablename="journal"):
    """Append-only; a sweep gives each line its rank and seals it to the previous one. Ids only, no personal data."""

    id = BigSerial(primary_key=True)
    at = Timestamptz(index=True)
    fait = Varchar(60)
    agent = Integer(null=True, default=None)
    demande = BigInt(null=True, default=None, index=True)
    groupe = Integer(null=True, default=None)
    details = JSONB(default="{}")
    sceau = Varchar(64, null=True, default=None, help_text="written by former versions, read by none")
    rang = BigInt(null=True, default=None, help_text="the order of the seals, without a hole")
    cachet = Varchar(
        400, null=True, default=None, help_text="name of the key, end of the previous cachet, HMAC"
    )


class Satisfactions(Table, db=ENGINE, tablename="satisfactions"):
    """What the aidant side said at closing: no agent, no demande, no exact time."""

    id = UUID(primary_key=True, default=UUID4())
    mois_on = Date(help_text="first day of the month")
    organisme = ForeignKey(Organismes, on_delete=KEEP, null=False)
    departement = ForeignKey(Departements, on_delete=KEEP, null=False)
    note = SmallInt(help_text="1 non, 2 en partie, 3 oui")
    commentaire = Text(default="")


class Battements(Table, db=ENGINE, tablename="battements"):
    """The worker says it is alive."""

    id = Serial(primary_key=True)
    nom = Varchar(40, unique=True)
    at = Timestamptz()


class Balayages(Table, db=ENGINE, tablename="balayages"):
    """When each sweep last succeeded, and last failed."""

    id = Serial(primary_key=True)
    nom = Varchar(60, unique=True)
    succeeded_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    erreur = Varchar(100, default="", help_text="the class of the last failure, never its words")
