"""What only stays for a time, one row each: which rows, how long, and what becomes of them.

The predicate is written once: the sweep erases the rows it finds, the dry run counts them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import database
from app.domain.demandes.presences import DUREE as PRESENCE
from app.domain.entretien.retention import DRAFT_DAYS
from app.domain.regles.mots_fermes import MotFerme

LOT = 1_000
AT_ITS_END = timedelta(0)
A_DAY = timedelta(days=1)
MAIL_DAYS = timedelta(days=90)
MEMO_DAYS = timedelta(days=30)
# Twelve months, whichever they are: the trigger of the journal lets nothing younger go.
JOURNAL_DAYS = timedelta(days=366)
AGENT_DAYS = timedelta(days=731)

# The acts of an agent stay, under a name that is nobody’s.
RENAME = """
update agents p set prenom = 'Compte', nom = 'supprimé', email = 'compte-' || p.id || '@efface.invalid', telephone = '',
    fonction = '' from choisies c where p.id = c.id returning 1
"""


@dataclass(frozen=True)
class Sejour:
    """Rows of a table that have stayed `duree`: those where `passe` holds, of a row `r` and the instant :before."""

    libelle: str
    table: str
    passe: str
    duree: timedelta
    acte: str = ""
    """What becomes of the rows `choisies`, where they are not deleted."""

    @property
    def sweep(self) -> str:
        """Takes :lot of them away, and counts them."""
        acte = self.acte or f"delete from {self.table} p using choisies c where p.id = c.id returning 1"
        return f"""
        with choisies as materialized (
            select r.id from {self.table} r where {self.passe} order by r.id limit :lot for update of r skip locked),
        partis as ({acte})
        select count(*) as nombre from partis
        """

    @property
    def count(self) -> str:
        """Counts those that `sweep` would take away."""
        return f"select count(*) as nombre from {self.table} r where {self.passe}"


class GenreRangee(MotFerme):
    """The kinds of rows that leave by themselves. The value is kept in `menages`."""

    fiche: Sejour

    TENTATIVES = "tentatives", Sejour("Tentatives de connexion", "tentatives", "r.at < :before", A_DAY)
    LIENS = "liens", Sejour("Liens de connexion", "liens", "r.expires_at < :before", A_DAY)
    SESSIONS = "sessions", Sejour("Sessions terminées", "sessions", "r.expires_at < :before", AT_ITS_END)
    POSTS = (
        "posts_scelles",
        Sejour("Formulaires gardés une heure", "posts_scelles", "r.expires_at < :before", AT_ITS_END),
    )
    PHOTOS = (
        "photos_attendues",
        Sejour("Codes de photos finis", "photos_attendues", "r.expires_at < :before", A_DAY),
    )
    # An answer that is sent leaves, however late.
    BROUILLONS = (
        "brouillons",
        Sejour("Brouillons", "brouillons", "r.updated_at < :before and r.part_at is null", DRAFT_DAYS),
    )
    # The mail that says « unknown » holds the address of a stranger, typed by anybody.
    INCONNUS = (
        "courriels_inconnus",
        Sejour(
            "Courriels à des adresses inconnues",
            "courriels",
            "r.fait = 'connexion_inconnue' and coalesce(r.sent_at, r.failed_at) < :before",
            A_DAY,
        ),
    )
    COURRIELS = (
        "courriels",
        Sejour(
            "Courriels envoyés",
            "courriels",
            "coalesce(r.sent_at, r.failed_at, r.created_at) < :before",
            MAIL_DAYS,
        ),
    )
    RAPPELS = (
        "rappels",
        Sejour(
            "Rappels aux programmes",
            "rappels",
            "coalesce(r.sent_at, r.failed_at, r.created_at) < :before",
            MAIL_DAYS,
        ),
    )
    # Those of a mandat go with its demande, or with the form that was never sent.
    SMS = "sms", Sejour("SMS sans mandat", "sms", "r.mandat is null and r.created_at < :before", DRAFT_DAYS)
    # The chain of seals is checked from the oldest line kept: what goes is its beginning, without a hole.
    JOURNAL = (
        "journal",
        Sejour(
            "Lignes du journal",
            "journal",
            "r.at < :before"
            " and r.rang < coalesce((select min(k.rang) from journal k where k.at >= :before), r.rang + 1)",
            JOURNAL_DAYS,
        ),
    )
    AGENTS = (
        "agents",
        Sejour(
            "Noms des comptes désactivés",
            "agents",
            "r.deactivated_at < :before and r.email not like 'compte-%@efface.invalid'",
            AGENT_DAYS,
            RENAME,
        ),
    )
    SECONDS_FACTEURS = (
        "seconds_facteurs",
        Sejour(
            "Doubles authentifications de comptes désactivés",
            "seconds_facteurs",
            "exists (select from agents a where a.id = r.agent and a.deactivated_at < :before)",
            AGENT_DAYS,
        ),
    )
    IMPORTS = (
        "imports",
        Sejour("Fichiers importés", "imports", "r.created_at < :before", MEMO_DAYS),
    )
    MEMOS = (
        "memos",
        Sejour("Rappels personnels donnés", "memos", "r.told_at < :before", MEMO_DAYS),
    )
    PRESENCES = (
        "presences",
        Sejour("Présences sur les demandes", "presences", "r.seen_at < :before", PRESENCE),
    )
    GESTES = (
        "gestes_listes",
        Sejour("Gestes annulables des listes", "gestes_listes", "r.done_at < :before", A_DAY),
    )
    VUES = (
        "vues_enregistrees",
        Sejour(
            "Vues enregistrées de comptes désactivés",
            "vues_enregistrees",
            "exists (select from agents a where a.id = r.agent and a.deactivated_at < :before)",
            AGENT_DAYS,
        ),
    )
    SIGNALEMENTS = (
        "signalements",
        Sejour("Signalements traités", "signalements", "r.treated_at < :before", JOURNAL_DAYS),
    )
    CONVERSATIONS = (
        "conversations",
        Sejour("Conversations avec l’équipe", "conversations", "r.last_at < :before", MAIL_DAYS),
    )
    PROCEDURES = (
        "procedures",
        Sejour(
            "Procédures proposées que personne n’a acceptées",
            "procedures",
            "r.acceptee_at is null and r.proposee_at < :before",
            MAIL_DAYS,
        ),
    )
    PROPOSITIONS = (
        "propositions",
        Sejour("Qui a proposé une procédure", "propositions", "r.proposee_at < :before", MAIL_DAYS),
    )
    BANDEAUX = (
        "bandeaux",
        Sejour("Bandeaux d’information passés", "bandeaux", "r.au_on < :before", JOURNAL_DAYS),
    )
    MAINTENANCES = (
        "maintenances",
        Sejour("Maintenances passées", "maintenances", "r.until_at < :before", JOURNAL_DAYS),
    )
    AVIS = (
        "avis_donnes",
        Sejour("Rappels donnés une fois", "avis_donnes", "r.told_at < :before", JOURNAL_DAYS),
    )
    MENAGES = (
        "menages",
        Sejour("Rapports des effacements", "menages", "r.ended_at < :before", JOURNAL_DAYS),
    )


async def sweep(genre: GenreRangee, now: datetime) -> int:
    """Take away what has stayed long enough, some rows at a time; how many. Safe to kill and to run twice."""
    fiche, taken = genre.fiche, 0
    while True:
        [row] = await database.fetch(fiche.sweep, before=now - fiche.duree, lot=LOT)
        taken += int(row["nombre"])
        if row["nombre"] < LOT:
            return taken


async def count(genre: GenreRangee, now: datetime) -> int:
    """How many rows `sweep` would take away at this instant."""
    fiche = genre.fiche
    [row] = await database.fetch(fiche.count, before=now - fiche.duree)
    return int(row["nombre"])
