"""Conversations with the A+ team."""

from piccolo.columns import UUID, BigSerial, Boolean, Bytea, ForeignKey, Serial, Timestamptz, Varchar
from piccolo.table import Table

from app.database import ENGINE
from app.tables.liens import FOLLOW
from app.tables.personnes import Agents


class Conversations(Table, db=ENGINE, tablename="conversations"):
    """Begun by an agent, or by a stranger who follows it by the link of a mail. `attend_at`: it waits for the team."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=True, default=None, index=True)
    jeton = Varchar(64, null=True, default=None, unique=True, help_text="hash of the link of a stranger")
    visiteur_scelle = Bytea(null=True, default=None, help_text="their address and their link")
    sujet = Varchar(40, help_text="see contact.conversations.SujetContact")
    created_at = Timestamptz()
    last_at = Timestamptz(index=True)
    attend_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)


class Paroles(Table, db=ENGINE, tablename="paroles"):
    """What was said there, sealed. `cle` names the form it came by."""

    id = BigSerial(primary_key=True)
    conversation = ForeignKey(Conversations, on_delete=FOLLOW, null=False, index=True)
    cle = UUID(unique=True)
    is_equipe = Boolean(default=False)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=True, default=None)
    texte_scelle = Bytea()
    created_at = Timestamptz()
