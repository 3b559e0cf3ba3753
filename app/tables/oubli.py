"""Forgetting: what an erasure took away, what each day’s sweeps took away, which base was swept."""

from piccolo.columns import Array, BigInt, BigSerial, Date, ForeignKey, Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table

from app.database import ENGINE
from app.tables.liens import KEEP
from app.tables.personnes import Agents


class Effacements(Table, db=ENGINE, tablename="effacements"):
    """What went with the personal data of a demande, in numbers: its certificate."""

    demande = BigInt(primary_key=True)
    raison = Varchar(20, help_text="see oubli.effacement.Raison")
    begun_at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)
    messages = Integer()
    informations = Integer()
    fichiers = Integer()
    mandats = Integer()
    sms = Integer()
    courriels = Integer()
    brouillons = Integer()
    commentaires = Integer()


class Menages(Table, db=ENGINE, tablename="menages"):
    """How many rows of one kind the sweeps of one day took away."""

    id = BigSerial(primary_key=True)
    genre = Varchar(40, help_text="see oubli.genres.Genre")
    jour = Date(help_text="in Paris")
    nombre = Integer()
    ended_at = Timestamptz()


class Requetes(Table, db=ENGINE, tablename="requetes"):
    """What an usager asks of their own data: numbers of demandes, no name. `due_on`: thirty days later."""

    id = Serial(primary_key=True)
    nature = Varchar(20, help_text="see oubli.requetes.Droit")
    demandes = Array(BigInt(), default=list)
    created_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    created_at = Timestamptz()
    due_on = Date()
    erased_at = Timestamptz(null=True, default=None, help_text="the erasure asked for was done, or begun")
    reponse = Varchar(20, null=True, default=None, help_text="see oubli.requetes.IssueRequete")
    answered_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)


class Bases(Table, db=ENGINE, tablename="bases"):
    """The base that was swept last. A base restored elsewhere is another one, and is swept before it serves."""

    id = Serial(primary_key=True)
    identite = Varchar(80)
    swept_at = Timestamptz()
