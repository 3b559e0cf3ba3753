"""A demande, its parts, who is invited, who read it."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.database import ENGINE
from app.tables.liens import FOLLOW, KEEP
from app.tables.personnes import Absences, Agents, Groupes
from app.tables.territoire import Departements, Sujets


class Demandes(Table, db=ENGINE, tablename="demandes"):
    """One blocked situation. `numero` is what people say; personal columns are emptied at `erased_at`."""

    numero = BigSerial(primary_key=True)
    formulaire = UUID(unique=True, help_text="the form it was typed in: sent twice, it makes one demande")
    auteur = ForeignKey(Agents, on_delete=KEEP, null=False, index=True)
    signature = Varchar(200, default="", help_text="who signed, for a compte collectif")
    groupe = ForeignKey(Groupes, on_delete=KEEP, null=False, index=True)
    departement = ForeignKey(Departements, on_delete=KEEP, null=False)
    sujet = ForeignKey(Sujets, on_delete=KEEP, null=True, default=None)
    titre = Varchar(150)
    description = Text()
    urgence = Varchar(20, null=True, default=None, help_text="empty: normale")
    urgence_precision = Varchar(200, default="")
    usager_prenom = Varchar(200)
    usager_nom = Varchar(200)
    usager_naissance = Varchar(100)
    usager_empreinte = Varchar(64, null=True, default=None, help_text="keyed hash of the folded identity")
    repere = Text(default="", help_text="folded number, title, usager and description, for search")
    is_repere_entier = Boolean(default=False, help_text="`repere` holds the description too")
    sent_at = Timestamptz()
    last_aidant_at = Timestamptz(help_text="last message of the aidant side: who must play")
    last_public_at = Timestamptz(help_text="last message the aidant side sees")
    last_prive_at = Timestamptz(help_text="last message of any kind, for instructeurs and experts")
    closed_at = Timestamptz(null=True, default=None)
    closed_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    erased_at = Timestamptz(null=True, default=None)
    effacement_annonce_at = Timestamptz(null=True, default=None, help_text="the author was told the data go")
    effacement_at = Timestamptz(null=True, default=None, help_text="the data are going: nothing reopens it")
    cloture_proposee_at = Timestamptz(
        null=True, default=None, help_text="nobody touches it: closing was proposed"
    )
    vacante_at = Timestamptz(null=True, default=None, help_text="the author left: its groupe may take it up")


class UsagerInformations(Table, db=ENGINE, tablename="usager_informations"):
    """An identifier or another detail of the usager, sealed."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False, index=True)
    nature = Varchar(40)
    libelle = Varchar(120)
    valeur_scellee = Bytea()
    empreinte = Varchar(64, null=True, default=None)
    added_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    added_at = Timestamptz()


class Sollicitations(Table, db=ENGINE, tablename="sollicitations"):
    """A demande × a groupe asked: its own state, its own delay. Facts only: `statuts.py` names the state."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False)
    groupe = ForeignKey(Groupes, on_delete=KEEP, null=False)
    solicited_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    solicited_at = Timestamptz(help_text="moved forward when the aidant side asks again")
    opened_at = Timestamptz(null=True, default=None, help_text="first visit of one of its instructeurs")
    taken_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None, help_text="« Je m’en occupe »")
    taken_at = Timestamptz(null=True, default=None)
    first_answered_at = Timestamptz(null=True, default=None, help_text="« Je m’en occupe » included")
    answered_at = Timestamptz(null=True, default=None, help_text="last visible answer")
    replied_at = Timestamptz(null=True, default=None, help_text="last answer that hands the ball back")
    document_at = Timestamptz(
        null=True, default=None, help_text="last time a document was asked of the aidant"
    )
    traitee_at = Timestamptz(null=True, default=None)
    declinee_at = Timestamptz(null=True, default=None)
    is_procedure = Boolean(default=False, help_text="a standard procedure existed")
    late_at = Timestamptz(null=True, default=None, help_text="en souffrance from then on; empty when ended")
    closed_at = Timestamptz(null=True, default=None, help_text="the demande’s, repeated for the lists’ index")
    erased_at = Timestamptz(null=True, default=None, help_text="the demande’s, repeated by the base itself")


class Invitations(Table, db=ENGINE, tablename="invitations"):
    """A person invited by name: collegue (aidant side), instructeur or expert. A groupe is a sollicitation."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    qualite = Varchar(20, help_text="collegue, instructeur, expert")
    invited_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    invited_at = Timestamptz()
    groupe = ForeignKey(
        Groupes, on_delete=FOLLOW, null=True, default=None, help_text="the membership it lives with"
    )
    absence = ForeignKey(
        Absences, on_delete=FOLLOW, null=True, default=None, help_text="stands in while it lasts"
    )


class Lectures(Table, db=ENGINE, tablename="lectures"):
    """First and last visit of an agent on a demande; `non_lue_at`: read up to then only, marked so at `marquee_at`."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False)
    first_at = Timestamptz()
    last_at = Timestamptz()
    non_lue_at = Timestamptz(null=True, default=None)
    marquee_at = Timestamptz(null=True, default=None)


class Presences(Table, db=ENGINE, tablename="presences"):
    """An agent who has a demande on screen; forgotten after a minute."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    is_aidant = Boolean(default=False, help_text="on the aidant side, when it was written")
    seen_at = Timestamptz()


class Abonnements(Table, db=ENGINE, tablename="abonnements"):
    """Who chose to be told of everything in a demande, or of nothing more."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False)
    is_suivie = Boolean()
    chosen_at = Timestamptz()


class Memos(Table, db=ENGINE, tablename="memos"):
    """« Me le rappeler le… »: known to its agent alone; `told_at`: the mail was written."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False)
    due_at = Timestamptz()
    created_at = Timestamptz()
    told_at = Timestamptz(null=True, default=None)


class GestesListes(Table, db=ENGINE, tablename="gestes_listes"):
    """What an agent did from a list, one line per demande: what undoing gives back, or why nothing was done."""

    id = BigSerial(primary_key=True)
    lot = UUID(help_text="the form that asked for it")
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False)
    numero = BigInt(help_text="of the demande, known or not: no row is held")
    acte = Varchar(20, help_text="see echanges.gestes.GesteListe")
    avant = JSONB(null=True, default=None, help_text="what undoing gives back")
    refus = Text(default="", help_text="why it was not done, or not undone")
    done_at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)


class VuesEnregistrees(Table, db=ENGINE, tablename="vues_enregistrees"):
    """The filters of a list kept under a name: by an agent for themselves, or by a responsable for a groupe."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=True, default=None, index=True)
    groupe = ForeignKey(Groupes, on_delete=FOLLOW, null=True, default=None, index=True)
    liste = Varchar(20, help_text="see listes.boites.Boite")
    nom = Varchar(60)
    filtres = Varchar(400, help_text="the query of its address, without the words searched")
    created_at = Timestamptz()
