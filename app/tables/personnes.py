"""Agents, groupes, and who is in which with which roles."""

from piccolo.columns import (
    JSONB,
    Array,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.database import ENGINE
from app.tables.liens import FOLLOW, KEEP
from app.tables.territoire import Departements, Organismes


class Groupes(Table, db=ENGINE, tablename="groupes"):
    """A team: one organisme, one or more départements, members."""

    id = Serial(primary_key=True)
    nom = Varchar(200, unique=True, help_text="« CAF 22 », « France Services Callac »")
    organisme = ForeignKey(Organismes, on_delete=KEEP, null=False, index=True)
    description = Text(default="")
    bal = Varchar(254, null=True, default=None, help_text="shared mailbox, in copy")
    pause_on = Date(null=True, default=None, help_text="from that day it takes no new demande")
    reprise_on = Date(null=True, default=None, help_text="until that day, when it takes them again")
    pause_message = Text(default="", help_text="what senders read meanwhile")
    aidants_acceptes = Array(Varchar(40), default=list, help_text="organismes of aidants; empty means all")
    created_at = Timestamptz()
    deactivated_at = Timestamptz(null=True, default=None)


class Couvertures(Table, db=ENGINE, tablename="couvertures"):
    """A département a groupe works for."""

    id = Serial(primary_key=True)
    groupe = ForeignKey(Groupes, on_delete=FOLLOW, null=False)
    departement = ForeignKey(Departements, on_delete=KEEP, null=False, index=True)


class Agents(Table, db=ENGINE, tablename="agents"):
    """Whoever signs in; may be a shared account (`is_collectif`)."""

    id = Serial(primary_key=True)
    email = Varchar(254, unique=True, help_text="lower case")
    prenom = Varchar(80, default="")
    nom = Varchar(80, default="")
    fonction = Varchar(120, default="")
    telephone = Varchar(20, default="")
    departement = ForeignKey(
        Departements, on_delete=KEEP, null=False, help_text="whose clock this agent lives on"
    )
    is_collectif = Boolean(default=False)
    is_expert = Boolean(default=False)
    is_administrateur = Boolean(default=False)
    notification = Varchar(20, default="immediate", help_text="immediate, aucune: no mail but of the account")
    prereglage = Varchar(20, default="tout_de_suite", help_text="see regles.rythmes.Prereglage")
    rythmes = JSONB(default="{}", help_text="genre → rythme, where it differs from the ready-made set")
    neuf_vu_at = Timestamptz(null=True, default=None, help_text="everything before was marked as seen")
    cgu_version = Varchar(20, null=True, default=None)
    cgu_accepted_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    last_seen_at = Timestamptz(null=True, default=None)
    deactivated_at = Timestamptz(null=True, default=None)
    excluded_at = Timestamptz(
        null=True, default=None, help_text="deactivated by the A+ team at this very instant, for a misuse"
    )
    invited_until = Timestamptz(
        null=True, default=None, help_text="life of the welcome link; empty once used"
    )


class Adhesions(Table, db=ENGINE, tablename="adhesions"):
    """An agent in a groupe, with cumulative roles there."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    groupe = ForeignKey(Groupes, on_delete=FOLLOW, null=False, index=True)
    is_aidant = Boolean(default=False)
    is_instructeur = Boolean(default=False)
    is_responsable = Boolean(default=False)
    created_at = Timestamptz()


class Absences(Table, db=ENGINE, tablename="absences"):
    """A member is away; one at a time per membership. The substitute is of the same groupe."""

    id = BigSerial(primary_key=True)
    adhesion = ForeignKey(Adhesions, on_delete=FOLLOW, null=False)
    debut_on = Date()
    fin_on = Date(help_text="last day away")
    remplacant = ForeignKey(Agents, on_delete=FOLLOW, null=True, default=None, index=True)
    declared_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    declared_at = Timestamptz()
    begun_at = Timestamptz(null=True, default=None, help_text="the substitute was brought in")


class Perimetres(Table, db=ENGINE, tablename="perimetres"):
    """What a pilote sees the figures of; an empty organisme or département means all."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    organisme = ForeignKey(Organismes, on_delete=KEEP, null=True, default=None)
    departement = ForeignKey(Departements, on_delete=KEEP, null=True, default=None)
