"""The thread: messages, saved replies, drafts, files."""

from piccolo.columns import (
    UUID,
    Array,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

from app.antivirus import Verdict
from app.database import ENGINE
from app.tables.demandes import Demandes
from app.tables.liens import FOLLOW, FORGET, KEEP
from app.tables.personnes import Agents, Groupes
from app.tables.territoire import Sujets


class Messages(Table, db=ENGINE, tablename="messages"):
    """What stands in the thread: words, or something that happened (`nature`)."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False)
    cle = UUID(help_text="the form it was typed in: sent twice, it makes one message")
    auteur = ForeignKey(Agents, on_delete=KEEP, null=True, default=None, help_text="empty: the platform")
    groupe = ForeignKey(Groupes, on_delete=KEEP, null=True, default=None, help_text="on whose behalf")
    signature = Varchar(200, default="")
    cote = Varchar(20, help_text="aidant, instructeur, expert, plateforme")
    nature = Varchar(20, help_text="see statuts.Nature")
    texte = Text(default="")
    is_prive = Boolean(default=False, help_text="réservé aux instructeurs")
    is_procedure = Boolean(default=False)
    is_document = Boolean(default=False, help_text="asks the aidant for documents")
    groupes_invites = Array(Integer(), default=list, help_text="asked, or asked again")
    agents_invites = Array(Integer(), default=list)
    agents_cites = Array(Integer(), default=list, help_text="named with « @ »")
    repere = Text(default="", help_text="folded text, for search")
    sent_at = Timestamptz()


class Corrections(Table, db=ENGINE, tablename="corrections"):
    """What a message said before its author corrected it."""

    id = BigSerial(primary_key=True)
    message = ForeignKey(Messages, on_delete=FOLLOW, null=False, index=True)
    texte = Text(help_text="the former words")
    signature = Varchar(200, default="", help_text="who corrected, for a compte collectif")
    corrected_at = Timestamptz()


class Reponses(Table, db=ENGINE, tablename="reponses"):
    """A saved reply of a groupe."""

    id = Serial(primary_key=True)
    groupe = ForeignKey(Groupes, on_delete=FOLLOW, null=False, index=True)
    titre = Varchar(120)
    texte = Text()
    created_by = ForeignKey(Agents, on_delete=KEEP, null=False)
    created_at = Timestamptz()


class Brouillons(Table, db=ENGINE, tablename="brouillons"):
    """A form not sent yet (new demande or answer), sealed; erased after 7 days."""

    id = UUID(primary_key=True, default=UUID4())
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=True, default=None, help_text="set: an answer")
    contenu_scelle = Bytea()
    is_waiting_for_sms = Boolean(default=False, help_text="leaves by itself when the usager says OUI")
    is_ecrit = Boolean(default=True, help_text="something is written in it: it is shown among the drafts")
    part_at = Timestamptz(null=True, default=None, help_text="an answer that leaves then, unless taken back")
    retenue = Text(default="", help_text="why an answer could not leave")
    created_at = Timestamptz()
    updated_at = Timestamptz(index=True)


class PiecesJointes(Table, db=ENGINE, tablename="pieces_jointes"):
    """A file: encrypted in the store under `cle`; erased 15 days after upload."""

    id = UUID(primary_key=True, default=UUID4())
    brouillon = UUID(null=True, default=None, index=True, help_text="the form it was attached to, until sent")
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=True, default=None, index=True)
    message = ForeignKey(Messages, on_delete=FOLLOW, null=True, default=None, index=True)
    uploaded_by = ForeignKey(Agents, on_delete=KEEP, null=False, index=True)
    nom = Varchar(150, help_text="emptied when erased")
    type_mime = Varchar(100)
    taille = Integer(help_text="bytes, as downloaded")
    cle = Varchar(80, unique=True)
    verdict = Varchar(20, default=Verdict.NON_ANALYSE.value, help_text="one of antivirus.Verdict")
    uploaded_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    warned_at = Timestamptz(null=True, default=None, help_text="the author was told it is about to be erased")
    erased_at = Timestamptz(null=True, default=None)
    apercu = Varchar(12, default="a_faire", help_text="one of pieces_jointes.etats.EtatApercu")
    pages = Integer(help_text="0: not known")
    vues = Integer(help_text="its first pages, of which there is a preview")


class Apercus(Table, db=ENGINE, tablename="apercus"):
    """What one page of a file looks like: encrypted in the store under `cle`, erased with the file."""

    id = Serial(primary_key=True)
    piece = ForeignKey(PiecesJointes, on_delete=FOLLOW, null=False)
    page = Integer(help_text="0: the thumbnail")
    largeur = Integer(help_text="points, before it is turned")
    hauteur = Integer()
    tour = Integer(help_text="degrees to the right: 0, 90, 180 or 270")
    cle = Varchar(80, unique=True)


class PhotosAttendues(Table, db=ENGINE, tablename="photos_attendues"):
    """Which form of an agent takes the photos of their phone, for ten minutes."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, unique=True)
    formulaire = UUID()
    demande = ForeignKey(
        Demandes, on_delete=FOLLOW, null=True, default=None, index=True, help_text="set: an answer"
    )
    code = Varchar(6)
    expires_at = Timestamptz(index=True)


class Signalements(Table, db=ENGINE, tablename="signalements"):
    """A misuse that a reader of a demande reports to administrateurs."""

    id = Serial(primary_key=True)
    demande = ForeignKey(Demandes, on_delete=FOLLOW, null=False, index=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, help_text="who reports")
    vise = ForeignKey(
        Agents, on_delete=FOLLOW, null=True, default=None, index=True, help_text="whom it is about"
    )
    raison = Varchar(40, help_text="see echanges.signalements.RaisonSignalement")
    texte = Text(default="", help_text="emptied with the personal data of the demande")
    created_at = Timestamptz()
    treated_by = ForeignKey(Agents, on_delete=KEEP, null=True, default=None)
    treated_at = Timestamptz(null=True, default=None)
    suite = Varchar(20, null=True, default=None, help_text="see echanges.signalements.SuiteSignalement")


class Procedures(Table, db=ENGINE, tablename="procedures"):
    """A procédure standard written for every aidant; it names no demande, and a refused one is deleted."""

    id = Serial(primary_key=True)
    sujet = ForeignKey(Sujets, on_delete=KEEP, null=True, default=None, index=True)
    groupe = ForeignKey(
        Groupes, on_delete=KEEP, null=False, index=True, help_text="whose instructeur wrote it"
    )
    texte = Text(default="")
    proposee_at = Timestamptz()
    acceptee_at = Timestamptz(null=True, default=None, help_text="shown to every agent from then on")


class Propositions(Table, db=ENGINE, tablename="propositions"):
    """Who proposed a procédure standard, and what became of it; never its text."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agents, on_delete=FOLLOW, null=False, index=True)
    procedure = ForeignKey(Procedures, on_delete=FORGET, null=True, default=None, index=True)
    sujet = ForeignKey(Sujets, on_delete=KEEP, null=True, default=None)
    proposee_at = Timestamptz(index=True)
    decidee_at = Timestamptz(null=True, default=None, help_text="its agent was told then, once")
    is_acceptee = Boolean(default=False)
    motif = Varchar(300, default="", help_text="why it was refused, as its agent reads it")
