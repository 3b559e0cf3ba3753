"""The whole schema on one page: columns, indexes, one line of meaning each; no methods.

Instants are `timestamptz` and end in `_at`, days end in `_on`. What is sealed (`_scelle`) is encrypted by
`chiffrement.py`; what is an `empreinte` is a keyed hash. Partial indexes, triggers and checks that Piccolo cannot
say stand in the migrations, next to the table they belong to.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

from app.database import ENGINE

KEEP = OnDelete.restrict
FOLLOW = OnDelete.cascade

# --- Referentiel ------------------------------------------------------------------------------------------------


class Organisme(Table, db=ENGINE, tablename="organismes"):
    """CAF, CPAM, préfecture… `is_aidant` ones open demandes, the others answer."""

    id = Serial(primary_key=True)
    code = Varchar(40, unique=True)
    sigle = Varchar(40)
    nom = Varchar(200)
    description = Text()
    is_aidant = Boolean(default=False)
    is_nir_autorise = Boolean(default=False)
    champs = Array(Varchar(40), help_text="natures of usager information it wants")
    themes = Array(Varchar(40))


class Theme(Table, db=ENGINE, tablename="themes"):
    """A category of the guided mode."""

    id = Serial(primary_key=True)
    code = Varchar(40, unique=True)
    rang = SmallInt()
    nom = Varchar(80)
    description = Text()


class Sujet(Table, db=ENGINE, tablename="sujets"):
    """A usual blocking: which organismes, which documents, what to try first."""

    id = Serial(primary_key=True)
    code = Varchar(80, unique=True)
    theme = ForeignKey(Theme, on_delete=KEEP, null=False, index=True)
    rang = SmallInt()
    nom = Varchar(200)
    organismes = Array(Varchar(40))
    documents = Array(Text())
    essayez = Text()


class Departement(Table, db=ENGINE, tablename="departements"):
    """A territory with its clock: time zone and calendar of public holidays."""

    id = Serial(primary_key=True)
    code = Varchar(3, unique=True)
    nom = Varchar(80)
    du = Varchar(90, help_text="« des Côtes-d’Armor »")
    fuseau = Varchar(40)
    calendrier = Varchar(8, default="", help_text="subdivision of the holidays library, empty for métropole")


# --- People -----------------------------------------------------------------------------------------------------


class Groupe(Table, db=ENGINE, tablename="groupes"):
    """A team: one organisme, one or more départements, members."""

    id = Serial(primary_key=True)
    nom = Varchar(200, unique=True, help_text="« CAF 22 », « France Services Callac »")
    organisme = ForeignKey(Organisme, on_delete=KEEP, null=False, index=True)
    description = Text(default="")
    bal = Varchar(254, null=True, default=None, help_text="shared mailbox, in copy")
    created_at = Timestamptz()
    deactivated_at = Timestamptz(null=True, default=None)


class Couverture(Table, db=ENGINE, tablename="couvertures"):
    """A département a groupe works for."""

    id = Serial(primary_key=True)
    groupe = ForeignKey(Groupe, on_delete=FOLLOW, null=False)
    departement = ForeignKey(Departement, on_delete=KEEP, null=False, index=True)


class Agent(Table, db=ENGINE, tablename="agents"):
    """Whoever signs in; may be a shared account (`is_collectif`)."""

    id = Serial(primary_key=True)
    email = Varchar(254, unique=True, help_text="lower case")
    prenom = Varchar(80, default="")
    nom = Varchar(80, default="")
    fonction = Varchar(120, default="")
    telephone = Varchar(20, default="")
    departement = ForeignKey(
        Departement, on_delete=KEEP, null=False, help_text="whose clock this agent lives on"
    )
    is_collectif = Boolean(default=False)
    is_expert = Boolean(default=False)
    is_administrateur = Boolean(default=False)
    notification = Varchar(20, default="immediate", help_text="immediate, resume, quotidien, aucune")
    cgu_version = Varchar(20, null=True, default=None)
    cgu_accepted_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    last_seen_at = Timestamptz(null=True, default=None)
    deactivated_at = Timestamptz(null=True, default=None)


class Adhesion(Table, db=ENGINE, tablename="adhesions"):
    """An agent in a groupe, with cumulative roles there."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False, index=True)
    groupe = ForeignKey(Groupe, on_delete=FOLLOW, null=False, index=True)
    is_aidant = Boolean(default=False)
    is_instructeur = Boolean(default=False)
    is_responsable = Boolean(default=False)
    created_at = Timestamptz()


class Perimetre(Table, db=ENGINE, tablename="perimetres"):
    """What a pilote sees the figures of; an empty organisme or département means all."""

    id = Serial(primary_key=True)
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False, index=True)
    organisme = ForeignKey(Organisme, on_delete=KEEP, null=True, default=None)
    departement = ForeignKey(Departement, on_delete=KEEP, null=True, default=None)


# --- Signing in -------------------------------------------------------------------------------------------------


class Session(Table, db=ENGINE, tablename="sessions"):
    """A signed-in browser. `cle` is the SHA-256 of the cookie; log-out deletes the row."""

    id = BigSerial(primary_key=True)
    cle = Varchar(64, unique=True)
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False, index=True)
    created_at = Timestamptz()
    last_seen_at = Timestamptz()
    expires_at = Timestamptz()
    is_durable = Boolean(default=False, help_text="« rester connecté »")
    navigateur = Varchar(80, default="", help_text="words to recognise it in the profile")
    signature = Varchar(200, default="", help_text="who signs for a compte collectif")


class Lien(Table, db=ENGINE, tablename="liens"):
    """A sign-in mail: link token and code, hashed; bound to the browser that asked."""

    id = BigSerial(primary_key=True)
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False, index=True)
    jeton = Varchar(64, unique=True, help_text="SHA-256")
    code = Varchar(64, help_text="keyed hash")
    navigateur = Varchar(64, help_text="SHA-256 of the asking browser’s cookie")
    destination = Varchar(500, default="/")
    is_durable = Boolean(default=False)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    wrong_codes = SmallInt(default=0)


class Tentative(Table, db=ENGINE, tablename="tentatives"):
    """One counted attempt, for the rates of product §4; erased after a day."""

    id = BigSerial(primary_key=True)
    nature = Varchar(40)
    empreinte = Varchar(64, help_text="keyed hash of the address or of the IP")
    at = Timestamptz()


class PostScelle(Table, db=ENGINE, tablename="posts_scelles"):
    """A POST that met an expired session, sealed until the same agent signs in again."""

    id = UUID(primary_key=True, default=UUID4())
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False, index=True)
    chemin = Varchar(500)
    corps_scelle = Bytea()
    created_at = Timestamptz()
    expires_at = Timestamptz()


# --- Demandes ---------------------------------------------------------------------------------------------------


class Demande(Table, db=ENGINE, tablename="demandes"):
    """One blocked situation. `numero` is what people say; personal columns are emptied at `erased_at`."""

    numero = BigSerial(primary_key=True)
    formulaire = UUID(unique=True, help_text="the form it was typed in: sent twice, it makes one demande")
    auteur = ForeignKey(Agent, on_delete=KEEP, null=False, index=True)
    signature = Varchar(200, default="", help_text="who signed, for a compte collectif")
    groupe = ForeignKey(Groupe, on_delete=KEEP, null=False, index=True)
    departement = ForeignKey(Departement, on_delete=KEEP, null=False)
    sujet = ForeignKey(Sujet, on_delete=KEEP, null=True, default=None)
    titre = Varchar(150)
    description = Text()
    urgence = Varchar(20, null=True, default=None, help_text="empty: normale")
    urgence_precision = Varchar(200, default="")
    usager_prenom = Varchar(200)
    usager_nom = Varchar(200)
    usager_naissance = Varchar(100)
    usager_empreinte = Varchar(64, null=True, default=None, help_text="keyed hash of the folded identity")
    repere = Text(default="", help_text="folded number, title and usager, for search")
    sent_at = Timestamptz()
    last_aidant_at = Timestamptz(help_text="last message of the aidant side: who must play")
    last_public_at = Timestamptz(help_text="last message the aidant side sees")
    last_prive_at = Timestamptz(help_text="last message of any kind, for instructeurs and experts")
    closed_at = Timestamptz(null=True, default=None)
    closed_by = ForeignKey(Agent, on_delete=KEEP, null=True, default=None)
    erased_at = Timestamptz(null=True, default=None)


class UsagerInformation(Table, db=ENGINE, tablename="usager_informations"):
    """An identifier or another detail of the usager, sealed."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=False, index=True)
    nature = Varchar(40)
    libelle = Varchar(120)
    valeur_scellee = Bytea()
    empreinte = Varchar(64, null=True, default=None)
    added_by = ForeignKey(Agent, on_delete=KEEP, null=False)
    added_at = Timestamptz()


class Sollicitation(Table, db=ENGINE, tablename="sollicitations"):
    """A demande × a groupe asked: its own state, its own delay. Facts only: `statuts.py` names the state."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=False)
    groupe = ForeignKey(Groupe, on_delete=KEEP, null=False)
    solicited_by = ForeignKey(Agent, on_delete=KEEP, null=True, default=None)
    solicited_at = Timestamptz(help_text="moved forward when the aidant side asks again")
    opened_at = Timestamptz(null=True, default=None, help_text="first visit of one of its instructeurs")
    taken_by = ForeignKey(Agent, on_delete=KEEP, null=True, default=None, help_text="« Je m’en occupe »")
    taken_at = Timestamptz(null=True, default=None)
    first_answered_at = Timestamptz(null=True, default=None, help_text="« Je m’en occupe » included")
    answered_at = Timestamptz(null=True, default=None, help_text="last visible answer")
    replied_at = Timestamptz(null=True, default=None, help_text="last answer that hands the ball back")
    traitee_at = Timestamptz(null=True, default=None)
    declinee_at = Timestamptz(null=True, default=None)
    is_procedure = Boolean(default=False, help_text="a standard procedure existed")
    late_at = Timestamptz(null=True, default=None, help_text="en souffrance from then on; empty when ended")
    closed_at = Timestamptz(null=True, default=None, help_text="the demande’s, repeated for the lists’ index")


class Invitation(Table, db=ENGINE, tablename="invitations"):
    """A person invited by name: collegue (aidant side), instructeur or expert. A groupe is a sollicitation."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=False)
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False, index=True)
    qualite = Varchar(20, help_text="collegue, instructeur, expert")
    invited_by = ForeignKey(Agent, on_delete=KEEP, null=True, default=None)
    invited_at = Timestamptz()


class Lecture(Table, db=ENGINE, tablename="lectures"):
    """First and last visit of an agent on a demande."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=False)
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False)
    first_at = Timestamptz()
    last_at = Timestamptz()


class Message(Table, db=ENGINE, tablename="messages"):
    """What stands in the thread: words, or something that happened (`nature`)."""

    id = BigSerial(primary_key=True)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=False)
    cle = UUID(help_text="the form it was typed in: sent twice, it makes one message")
    auteur = ForeignKey(Agent, on_delete=KEEP, null=True, default=None, help_text="empty: the platform")
    groupe = ForeignKey(Groupe, on_delete=KEEP, null=True, default=None, help_text="on whose behalf")
    signature = Varchar(200, default="")
    cote = Varchar(20, help_text="aidant, instructeur, expert, plateforme")
    nature = Varchar(20, help_text="see statuts.Nature")
    texte = Text(default="")
    is_prive = Boolean(default=False, help_text="réservé aux instructeurs")
    is_procedure = Boolean(default=False)
    groupes_invites = Array(Integer(), default=list, help_text="asked, or asked again")
    agents_invites = Array(Integer(), default=list)
    repere = Text(default="", help_text="folded text, for search")
    sent_at = Timestamptz()


class Reponse(Table, db=ENGINE, tablename="reponses"):
    """A saved reply of a groupe."""

    id = Serial(primary_key=True)
    groupe = ForeignKey(Groupe, on_delete=FOLLOW, null=False, index=True)
    titre = Varchar(120)
    texte = Text()
    created_by = ForeignKey(Agent, on_delete=KEEP, null=False)
    created_at = Timestamptz()


class Brouillon(Table, db=ENGINE, tablename="brouillons"):
    """A form not sent yet (new demande or answer), sealed; erased after 7 days."""

    id = UUID(primary_key=True, default=UUID4())
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=False, index=True)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=True, default=None, help_text="set: an answer")
    contenu_scelle = Bytea()
    is_waiting_for_sms = Boolean(default=False, help_text="leaves by itself when the usager says OUI")
    created_at = Timestamptz()
    updated_at = Timestamptz(index=True)


class PieceJointe(Table, db=ENGINE, tablename="pieces_jointes"):
    """A file: encrypted in the store under `cle`; erased 15 days after upload."""

    id = UUID(primary_key=True, default=UUID4())
    brouillon = UUID(null=True, default=None, index=True, help_text="the form it was attached to, until sent")
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=True, default=None, index=True)
    message = ForeignKey(Message, on_delete=FOLLOW, null=True, default=None, index=True)
    uploaded_by = ForeignKey(Agent, on_delete=KEEP, null=False, index=True)
    nom = Varchar(150, help_text="emptied when erased")
    type_mime = Varchar(100)
    taille = Integer(help_text="bytes, as downloaded")
    cle = Varchar(80, unique=True)
    verdict = Varchar(20, default="non_analyse", help_text="sain, infecte, non_analyse")
    uploaded_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    warned_at = Timestamptz(null=True, default=None, help_text="the author was told it is about to be erased")
    erased_at = Timestamptz(null=True, default=None)


class Mandat(Table, db=ENGINE, tablename="mandats"):
    """The usager’s consent, with the exact text it was given on."""

    id = UUID(primary_key=True, default=UUID4())
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=True, default=None, index=True)
    brouillon = UUID(null=True, default=None, index=True, help_text="asked before the demande exists")
    nature = Varchar(20, help_text="papier, sms, telephone")
    etat = Varchar(20, help_text="see mandats.Mandat")
    version = Varchar(20)
    empreinte = Varchar(64, help_text="SHA-256 of the text")
    attestation = Text(help_text="the exact sentence attested")
    donne_on = Date(null=True, default=None)
    contexte_scelle = Bytea(null=True, default=None, help_text="number called, answers, time: sealed")
    structure = Varchar(200, default="")
    recorded_by = ForeignKey(Agent, on_delete=KEEP, null=False)
    recorded_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None, help_text="one year, or closing")
    revoked_at = Timestamptz(null=True, default=None)
    revoked_by = ForeignKey(Agent, on_delete=KEEP, null=True, default=None)
    revocation_motif = Text(default="")


class Sms(Table, db=ENGINE, tablename="sms"):
    """An SMS sent or received for a mandat; the row is the queue."""

    id = UUID(primary_key=True, default=UUID4())
    mandat = ForeignKey(Mandat, on_delete=FOLLOW, null=True, default=None, index=True)
    sens = Varchar(10, help_text="envoye, recu")
    numero_empreinte = Varchar(64, index=True)
    contenu_scelle = Bytea(help_text="number and text")
    fournisseur_id = Varchar(
        100, null=True, default=None, unique=True, help_text="makes a webhook idempotent"
    )
    sent_by = ForeignKey(Agent, on_delete=KEEP, null=True, default=None)
    created_at = Timestamptz()
    due_at = Timestamptz(null=True, default=None)
    claimed_until = Timestamptz(null=True, default=None)
    attempts = SmallInt(default=0)
    done_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)


# --- What happened, and who is told -----------------------------------------------------------------------------


class Courriel(Table, db=ENGINE, tablename="courriels"):
    """A mail to send: the row is the queue. `contexte_scelle` is wiped once sent."""

    id = UUID(primary_key=True, default=UUID4(), help_text="also its Message-ID")
    fait = Varchar(40)
    agent = ForeignKey(Agent, on_delete=FOLLOW, null=True, default=None, index=True)
    adresse = Varchar(254)
    demande = ForeignKey(Demande, on_delete=FOLLOW, null=True, default=None, index=True)
    contexte_scelle = Bytea(null=True, default=None)
    priorite = SmallInt(default=5, help_text="0 sign-in first")
    created_at = Timestamptz()
    due_at = Timestamptz()
    claimed_until = Timestamptz(null=True, default=None)
    attempts = SmallInt(default=0)
    sent_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    erreur = Varchar(200, default="", help_text="code and class, never an address")


class Journal(Table, db=ENGINE, tablename="journal"):
    """Append-only; a sweep seals each line to the previous one. Ids only, no personal data."""

    id = BigSerial(primary_key=True)
    at = Timestamptz(index=True)
    fait = Varchar(60)
    agent = Integer(null=True, default=None)
    demande = BigInt(null=True, default=None, index=True)
    groupe = Integer(null=True, default=None)
    details = JSONB(default="{}")
    sceau = Varchar(64, null=True, default=None, help_text="SHA-256 of the line and of the previous sceau")


class Satisfaction(Table, db=ENGINE, tablename="satisfactions"):
    """What the aidant side said at closing: no agent, no demande, no exact time."""

    id = UUID(primary_key=True, default=UUID4())
    mois_on = Date(help_text="first day of the month")
    organisme = ForeignKey(Organisme, on_delete=KEEP, null=False)
    departement = ForeignKey(Departement, on_delete=KEEP, null=False)
    note = SmallInt(help_text="1 non, 2 en partie, 3 oui")
    commentaire = Text(default="")


class Battement(Table, db=ENGINE, tablename="battements"):
    """The worker says it is alive."""

    id = Serial(primary_key=True)
    nom = Varchar(40, unique=True)
    at = Timestamptz()
