"""What the A+ team brings: imports, bands, maintenances, versions of the referentiel and of the conditions."""

from piccolo.columns import JSONB, UUID, Bytea, Date, ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.database import ENGINE
from app.tables.liens import KEEP
from app.tables.personnes import Agents


class Imports(Table, db=ENGINE, tablename="imports"):
    """A file kept sealed until it is written, thirty days at most. `faites` lines of `total` are written."""

    id = Serial(primary_key=True)
    nom = Varchar(200, default="")
    created_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    created_at = Timestamptz()
    contenu_scelle = Bytea(null=True, default=None, help_text="the file as it came, until it is written")
    lignes_scellees = Bytea(null=True, default=None, help_text="its rows")
    options = JSONB(default="{}", help_text="see administration.imports.OptionsImport")
    total = Integer(default=0)
    a_ecrire = Integer(
        null=True, default=None, help_text="lines that would change something; unknown when null"
    )
    faites = Integer(default=0)
    bilan = JSONB(default="{}", help_text="see administration.plan_import.BilanImport")
    ended_at = Timestamptz(null=True, default=None)


class Bandeaux(Table, db=ENGINE, tablename="bandeaux"):
    """A band shown on every page to its `audience`, from `du_on` to `au_on`, both included."""

    id = Serial(primary_key=True)
    cle = UUID(default=None, unique=True, help_text="of its form: sent twice, it is one band")
    texte = Varchar(500, default="")
    audience = Varchar(20, default="", help_text="see administration.bandeaux.Audience")
    du_on = Date()
    au_on = Date()
    edition = Integer(default=1, help_text="one more at each change: who closed it reads it again")
    created_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    created_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)


class VersionsReferentiel(Table, db=ENGINE, tablename="versions_referentiel"):
    """The whole referentiel as it was published; version 0 is what was there before the first change."""

    numero = Integer(primary_key=True)
    contenu = JSONB(help_text="see territoire.contenu")
    raison = Text(default="")
    published_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None, index=True)
    published_at = Timestamptz()


class Conditions(Table, db=ENGINE, tablename="conditions"):
    """The conditions every agent accepts, as published; `version` is the day from which they are asked."""

    id = Serial(primary_key=True)
    version = Varchar(20, unique=True)
    applies_on = Date()
    texte = Text(help_text="see acces.conditions")
    changements = Text(help_text="what changes, as agents read it")
    published_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None, index=True)
    published_at = Timestamptz()


class Maintenances(Table, db=ENGINE, tablename="maintenances"):
    """The service only reads, or is closed, from one instant to another; two that stand never share an instant."""

    id = Serial(primary_key=True)
    cle = UUID(default=None, unique=True, help_text="of its form: sent twice, it is one maintenance")
    genre = Varchar(20, default="", help_text="see administration.maintenances.GenreMaintenance")
    from_at = Timestamptz()
    until_at = Timestamptz()
    edition = Integer(
        default=1, help_text="one more at each change: who closed its announcement reads it again"
    )
    created_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    created_at = Timestamptz()
    ended_at = Timestamptz(
        null=True, default=None, help_text="an administrateur ended it, or withdrew it before"
    )
