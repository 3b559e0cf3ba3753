"""What time tells, once."""

from piccolo.columns import BigSerial, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from app.database import ENGINE
from app.tables.demandes import Sollicitations
from app.tables.liens import FOLLOW
from app.tables.personnes import Agents


class Escalades(Table, db=ENGINE, tablename="escalades"):
    """A rung of the ladder of a late part: 1 the groupe, 2 its responsables, 3 the experts."""

    id = BigSerial(primary_key=True)
    sollicitation = ForeignKey(Sollicitations, on_delete=FOLLOW, null=False)
    late_at = Timestamptz(help_text="the deadline that was passed: another one is another lateness")
    rang = SmallInt(default=1)
    told_at = Timestamptz()


class AvisDonnes(Table, db=ENGINE, tablename="avis_donnes"):
    """A reminder an agent was given, or needed none of: it is not given again."""

    id = BigSerial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False)
    nature = Varchar(40, help_text="the fait, or the stage of it")
    cle = Varchar(80, help_text="what it is about: a week, a version, a demande and its instant")
    told_at = Timestamptz()
