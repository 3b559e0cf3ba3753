"""What figures are made of: facts that stay when a demande is erased, and their sums. No agent, no text.

Triggers write the facts with the act they measure, whatever code acts (`migrations/figures_2026_11_27.sql`).
"""

from piccolo.columns import (
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Serial,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.database import ENGINE
from app.tables.demandes import Demande, Sollicitation
from app.tables.liens import FOLLOW


class JourFerie(Table, db=ENGINE, tablename="jours_feries"):
    """A public holiday that falls from Monday to Friday, with its rank in its calendar: SQL counts working time."""

    id = Serial(primary_key=True)
    calendrier = Varchar(8)
    jour = Date()
    rang = Integer()


class Suivi(Table, db=ENGINE, tablename="suivis"):
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
    declinee_at = Timestamptz(null=True, default=None)
    jour_declinee = Date(null=True, default=None)
    jour_declinee_paris = Date(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)


class SuiviDemande(Table, db=ENGINE, tablename="suivis_demandes"):
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


class Reprise(Table, db=ENGINE, tablename="reprises"):
    """A relance of a part that had ended, or a réouverture of a demande: facts, counted by their day."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=False, index=True)
    groupe = Integer(default=0, help_text="relance: the groupe asked again; 0: the whole demande, reopened")
    organisme = Integer(default=0)
    departement = Integer()
    structure = Integer()
    at = Timestamptz()
    jour = Date()
    jour_paris = Date()


class Retard(Table, db=ENGINE, tablename="retards"):
    """A time during which a part was en souffrance, once it is over; the one that lasts stands in `late_at`."""

    id = BigSerial(primary_key=True)
    sollicitation = ForeignKey(Sollicitation, on_delete=FOLLOW, null=False, index=True)
    debut_at = Timestamptz()
    fin_at = Timestamptz()


class Souffrance(Table, db=ENGINE, tablename="souffrances"):
    """How many parts of a groupe were en souffrance at 18:00, where their usagers live; no row: none."""

    id = BigSerial(primary_key=True)
    jour = Date()
    groupe = Integer()
    organisme = Integer()
    departement = Integer()
    nombre = Integer()


class JourCompte(Table, db=ENGINE, tablename="jours_comptes"):
    """A day whose parts en souffrance were counted, in one time zone."""

    id = Serial(primary_key=True)
    fuseau = Varchar(40)
    jour = Date()


class CumulJour(Table, db=ENGINE, tablename="cumuls_jours"):
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


class CumulDelai(Table, db=ENGINE, tablename="cumuls_delais"):
    """How many facts of a month took that long: exact medians and deciles without reading each part again."""

    id = BigSerial(primary_key=True)
    is_paris = Boolean()
    mois = Date()
    organisme = Integer()
    departement = Integer()
    mesure = Varchar(20)
    dixiemes = Integer()
    nombre = Integer()


class Recompte(Table, db=ENGINE, tablename="recomptes"):
    """A cell (month × organisme × département) whose sums are to be made again; read live until then."""

    id = BigSerial(primary_key=True)
    mois = Date()
    organisme = Integer()
    departement = Integer()
