"""Forgetting: what an erasure took away, what each day’s sweeps took away, which base was swept."""

from piccolo.columns import BigInt, BigSerial, Date, Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table

from app.database import ENGINE


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


class Bases(Table, db=ENGINE, tablename="bases"):
    """The base that was swept last. A base restored elsewhere is another one, and is swept before it serves."""

    id = Serial(primary_key=True)
    identite = Varchar(80)
    swept_at = Timestamptz()
