"""What figures are made of: facts that stay when a demande is erased, and their sums. No agent, no text.

Triggers write the facts with the act they measure, whatever code acts (`migrations/figures_2026_11_27.sql`).
"""

from piccolo.columns import (
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
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

from app.database import ENGINE
from app.tables.demandes import Demandes, Sollicitations
from app.tables.liens import FOLLOW, KEEP
from app.tables.personnes import Agents, Groupes
from app.tables.territoire import Departements, Organismes, Sujets


class JoursFeries(Table, db=ENGINE, tablename="jours_feries"):
    """A public holiday that falls from Monday to Friday, with its rank in its calendar: SQL counts working time."""

    id = Serial(primary_key=True)
    calendrier = Varchar(400)
    jour = Date()
    rang = Integer()


class Suivis(Table, db=ENGINE, tablename="suivis"):
    """The measures of one part (demande × groupe). Each day is told twice: where the usager lives, and in Paris."""

    sollicitation = BigInt(primary_key=True)
    demande = BigInt()
    groupe = Integer()
    structure = Integer(help_text="the groupe that sent the demande")
    organisme = Integer(help_text="of the groupe, when it was asked")
    departement = Integer()
    sujet = Integer(null=True, default=None)
    solicited_at = Timestamptz(help_text="the first time")
    limite_at = Timestamptz(help_text="3 working days later")
    jour = Date()
    jour_paris = Date()
    is_repris = Boolean(default=False, help_text="asked again: another episode, counted apart")
    reponse_at = Timestamptz(null=True, default=None, help_text="first visible answer of the first episode")
    reponse_dixiemes = Integer(null=True, default=None, help_text="tenths of a working day of 24 h")
    is_repondu = Boolean(default=False, help_text="a visible answer, whatever the episode")
    is_procedure = Boolean(default=False)
    traitee_at = Timestamptz(null=True, default=None, help_text="the one that stands")
    jour_traitee = Date(null=True, default=None)
    jour_traitee_paris = Date(null=True, default=None)
    resolution_dixiemes = Integer(
        null=True, default=None, help_text="tenths of a day, the aidant’s time left out"
    )
    resolution_ouvre_dixiemes = Integer(
        null=True, default=None, help_text="the same in tenths of a working day; a trigger writes it"
    )
    declinee_at = Timestamptz(null=True, default=None)
    jour_declinee = Date(null=True, default=None)
    jour_declinee_paris = Date(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)


class SuivisDemandes(Table, db=ENGINE, tablename="suivis_demandes"):
    """The measures of a whole demande."""

    demande = BigInt(primary_key=True)
    structure = Integer()
    departement = Integer()
    jour = Date()
    jour_paris = Date()
    jour_cloture = Date(null=True, default=None)
    jour_cloture_paris = Date(null=True, default=None)
    cloture_dixiemes = Integer(null=True, default=None, help_text="tenths of a day from sending")
    is_plateforme = Boolean(default=False, help_text="closed by the platform, not by the aidant side")


class Reprises(Table, db=ENGINE, tablename="reprises"):
    """A relance of a part that had ended, or a réouverture of a demande: facts, counted by their day."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False, index=True)
    groupe = Integer(default=0, help_text="relance: the groupe asked again; 0: the whole demande, reopened")
    organisme = Integer(default=0)
    departement = Integer()
    structure = Integer()
    at = Timestamptz()
    jour = Date()
    jour_paris = Date()


class Pauses(Table, db=ENGINE, tablename="pauses"):
    """A pause of a groupe, over or not; `groupes` says the one that is set. The delays measured leave its days out."""

    id = Serial(primary_key=True)
    groupe = ForeignKey(Groupes, on_delete=FOLLOW, null=False)
    debut_on = Date()
    reprise_on = Date(help_text="that day excluded")


class Retards(Table, db=ENGINE, tablename="retards"):
    """A time during which a part was en souffrance, once it is over; the one that lasts stands in `late_at`."""

    id = BigSerial(primary_key=True)
    sollicitation = ForeignKey(Sollicitations, on_delete=FOLLOW, null=False, index=True)
    debut_at = Timestamptz()
    fin_at = Timestamptz()


class Souffrances(Table, db=ENGINE, tablename="souffrances"):
    """How many parts of a groupe were en souffrance at 18:00, where their usagers live; no row: none."""

    id = BigSerial(primary_key=True)
    jour = Date()
    groupe = Integer()
    organisme = Integer()
    departement = Integer()
    nombre = Integer()


class JoursComptes(Table, db=ENGINE, tablename="jours_comptes"):
    """A day whose parts en souffrance were counted, in one time zone."""

    id = Serial(primary_key=True)
    fuseau = Varchar(40)
    jour = Date()


class CumulsJours(Table, db=ENGINE, tablename="cumuls_jours"):
    """The counts of a day × organisme × département. `organisme` 0: facts of whole demandes."""

    id = BigSerial(primary_key=True)
    is_paris = Boolean()
    mois = Date()
    jour = Date()
    organisme = Integer()
    departement = Integer()
    envoyees = Integer(default=0)
    recues = Integer(default=0)
    nouvelles = Integer(default=0)
    en_cours = Integer(default=0)
    traitees = Integer(default=0)
    declinees = Integer(default=0)
    sans_suite = Integer(default=0)
    repondues = Integer(default=0)
    dans_delai = Integer(default=0)
    procedures = Integer(default=0)
    resolues = Integer(default=0)
    declins = Integer(default=0)
    relances = Integer(default=0)
    reouvertures = Integer(default=0)
    clotures = Integer(default=0)
    plateforme = Integer(default=0, help_text="closed by the platform")


class CumulsDelais(Table, db=ENGINE, tablename="cumuls_delais"):
    """How many facts of a month took that long: exact medians and deciles without reading each part again."""

    id = BigSerial(primary_key=True)
    is_paris = Boolean()
    mois = Date()
    organisme = Integer()
    departement = Integer()
    mesure = Varchar(20)
    dixiemes = Integer()
    nombre = Integer()


class Recomptes(Table, db=ENGINE, tablename="recomptes"):
    """A cell (month × organisme × département) whose sums are to be made again; read live until then."""

    id = BigSerial(primary_key=True)
    mois = Date()
    organisme = Integer()
    departement = Integer()


class Publications(Table, db=ENGINE, tablename="publications"):
    """What the public and pilotes read of a month × organisme × département; 0: all. An empty count is hidden."""

    id = BigSerial(primary_key=True)
    mois = Date()
    organisme = Integer(default=0)
    departement = Integer(default=0)
    envoyees = Integer(null=True, default=None)
    traitees = Integer(null=True, default=None)
    declinees = Integer(null=True, default=None)
    dans_delai = Integer(null=True, default=None)
    en_souffrance = Integer(
        null=True, default=None, help_text="the morning it was published; last month only"
    )
    satisfaits = Integer(null=True, default=None)
    mitiges = Integer(null=True, default=None)
    mecontents = Integer(null=True, default=None)
    mediane = Integer(null=True, default=None, help_text="first answer, tenths of a working day")
    published_on = Date()
    repondues = Integer(null=True, default=None)
    soirs = Integer(
        null=True, default=None, help_text="en souffrance at 18:00, on the last evening of the month"
    )


class Jetons(Table, db=ENGINE, tablename="jetons"):
    """A program of an operator: reads indicators of a scope, and may be told of facts at its address."""

    id = Serial(primary_key=True)
    nom = Varchar(120)
    empreinte = Varchar(64, unique=True, help_text="SHA-256 of the token")
    organisme = ForeignKey(Organismes, on_delete=KEEP, null=True, default=None)
    departement = ForeignKey(Departements, on_delete=KEEP, null=True, default=None)
    created_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    created_at = Timestamptz()
    revoked_at = Timestamptz(null=True, default=None)
    webhook_url = Varchar(500, default="")
    webhook_secret_scelle = Bytea(null=True, default=None)


class Rappels(Table, db=ENGINE, tablename="rappels"):
    """A fact to tell a program (webhook): the row is the queue."""

    id = UUID(primary_key=True, default=UUID4())
    jeton = ForeignKey(Jetons, on_delete=FOLLOW, null=False, index=True)
    corps_scelle = Bytea(
        null=True, default=None, help_text="number, groupes, instants; sealed like every queue"
    )
    created_at = Timestamptz()
    due_at = Timestamptz()
    claimed_until = Timestamptz(null=True, default=None)
    attempts = SmallInt(default=0)
    sent_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    journal = BigInt(null=True, default=None, help_text="the line it tells")
    erreur = Varchar(200, default="", help_text="code or class, never a body")


class Blocages(Table, db=ENGINE, tablename="blocages"):
    """An unusual number of demandes on a sujet for an organisme in a département (0: everywhere), while it lasts."""

    id = Serial(primary_key=True)
    sujet = ForeignKey(Sujets, on_delete=FOLLOW, null=False)
    organisme = ForeignKey(Organismes, on_delete=KEEP, null=False)
    departement = Integer(default=0)
    nombre = Integer(help_text="this week")
    habitude = Integer(help_text="a usual week")
    structures = Integer()
    began_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    note = Varchar(1000, default="", help_text="what the groupe answers, once, to the next aidants")
    note_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    note_at = Timestamptz(null=True, default=None)
