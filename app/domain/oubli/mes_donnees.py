"""Everything the platform keeps of one agent, until when, for that agent alone (RGPD, right of access).

What was written in a demande stays there: it is about an usager, and goes with their data. An agent gets the numbers
and the dates of their own acts, never a title, a text, the name of a file or the identity of an usager. Who left a
demande learns nothing more of it, and taking a colleague out of a groupe says no number of what that colleague held.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import database
from app.domain.acces.sessions import DURABLE, DURABLE_MOST
from app.domain.entretien.retention import DRAFT_DAYS
from app.domain.faits.registre import Fait
from app.domain.mots import dates
from app.domain.oubli.effacement import retention
from app.domain.oubli.genres import AGENT_DAYS, JOURNAL_DAYS, MAIL_DAYS, MEMO_DAYS
from app.domain.regles.mots_fermes import MotFerme

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
JOUR = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Gardee:
    """What is kept of an agent under this name. `jusqua` may say {retention}: the days that follow a closing.

    `sql` reads the rows of :agent; the names of its columns are the words of the export.
    """

    libelle: str
    contenu: str
    jusqua: str
    sql: str


class GenreGarde(MotFerme):
    """What is kept, kind by kind, in the order of the page. The value names the kind in the JSON export."""

    fiche: Gardee

    COMPTE = (
        "compte",
        Gardee(
            "Mon compte",
            "Nom, adresse e-mail, fonction, téléphone, département, conditions acceptées",
            f"Tant que le compte est ouvert, puis {AGENT_DAYS.days // 365} ans",
            """
            select a.prenom, a.nom, a.email, a.fonction, a.telephone, d.nom as departement, a.is_collectif as collectif,
                a.created_at as cree_le, a.last_seen_at as derniere_visite, a.cgu_version as conditions,
                a.cgu_accepted_at as acceptees_le, a.prereglage as courriels, a.rythmes
            from agents a join departements d on d.id = a.departement where a.id = :agent
            """,
        ),
    )
    GROUPES = (
        "groupes",
        Gardee(
            "Mes groupes",
            "Les groupes dont je suis membre, avec mes rôles",
            "Jusqu’à mon départ du groupe",
            """
            select g.nom as groupe, m.is_aidant as aidant, m.is_instructeur as instructeur,
                m.is_responsable as responsable, m.created_at as depuis
            from adhesions m join groupes g on g.id = m.groupe where m.agent = :agent order by g.nom
            """,
        ),
    )
    ABSENCES = (
        "absences",
        Gardee(
            "Mes absences",
            "Premier et dernier jour, prévus ou en cours",
            "Jusqu’à leur fin",
            """
            select g.nom as groupe, b.debut_on as premier_jour, b.fin_on as dernier_jour
            from absences b join adhesions m on m.id = b.adhesion join groupes g on g.id = m.groupe
            where m.agent = :agent order by b.id
            """,
        ),
    )
    SESSIONS = (
        "sessions",
        Gardee(
            "Mes sessions",
            "Les navigateurs où je suis connecté\u00a0; par ProConnect, son jeton, chiffré, pour le quitter aussi",
            f"Jusqu’à la déconnexion, {DURABLE.days} jours au plus après avoir choisi de rester connecté, "
            f"{DURABLE_MOST.days} en tout",
            """
            select s.navigateur, s.created_at as ouverte_le, s.last_seen_at as utilisee_le, s.expires_at as finit_le
            from sessions s where s.agent = :agent order by s.id
            """,
        ),
    )
    SECOND_FACTEUR = (
        "second_facteur",
        Gardee(
            "Ma double authentification",
            "Sa clé, chiffrée, le jour de sa mise en place, le nombre de codes de secours",
            f"Jusqu’à son retrait, ou {AGENT_DAYS.days // 365} ans après la fermeture du compte",
            """
            select f.created_at as depuis, cardinality(f.codes) as codes_de_secours
            from seconds_facteurs f where f.agent = :agent
            """,
        ),
    )
    DEMANDES = (
        "demandes",
        Gardee(
            "Les demandes que j’ai envoyées",
            "Numéro, envoi, clôture",
            "Gardés pour les délais et les chiffres\u00a0; le contenu est effacé {retention} jours après la clôture",
            """
            select d.numero as demande, d.sent_at as envoyee_le,
                case when d.vacante_at is null then d.closed_at end as cloturee_le
            from demandes d where d.auteur = :agent order by d.numero
            """,
        ),
    )
    MESSAGES = (
        "messages",
        Gardee(
            "Les messages que j’ai écrits",
            "Numéro de la demande, date",
            "Effacés {retention} jours après la clôture de la demande",
            """
            select w.demande, w.sent_at as ecrit_le, w.is_prive as reserve_aux_instructeurs
            from messages w where w.auteur = :agent and w.cote <> 'plateforme' order by w.demande, w.id
            """,
        ),
    )
    LECTURES = (
        "lectures",
        Gardee(
            "Les demandes que j’ai ouvertes",
            "Numéro, première et dernière visite, dernier instant où la page était à l’écran",
            "Gardés avec les dates de la demande\u00a0; cet instant, une heure au plus",
            """
            select l.demande, l.first_at as premiere_visite, l.last_at as derniere_visite, p.seen_at as a_l_ecran_le
            from lectures l left join presences p on p.demande = l.demande and p.agent = l.agent
            where l.agent = :agent order by l.demande
            """,
        ),
    )
    SUIVI = (
        "suivi",
        Gardee(
            "Ce que j’ai choisi de suivre, et mes rappels",
            "Numéro de la demande, choix, jour du rappel",
            f"Avec les données de la demande\u00a0; un rappel, {MEMO_DAYS.days} jours après l’avoir reçu",
            """
            select d.numero as demande, s.is_suivie as suivie, m.due_at as rappel_le
            from demandes d
            left join abonnements s on s.demande = d.numero and s.agent = :agent
            left join memos m on m.demande = d.numero and m.agent = :agent
            where d.numero in (select demande from abonnements where agent = :agent
                union select demande from memos where agent = :agent) order by d.numero
            """,
        ),
    )
    FICHIERS = (
        "fichiers",
        Gardee(
            "Les fichiers que j’ai joints",
            "Numéro de la demande, taille, date d’effacement",
            "15 jours après l’envoi",
            """
            select p.demande, p.taille as octets, p.uploaded_at as joint_le, p.expires_at as efface_le
            from pieces_jointes p where p.uploaded_by = :agent and p.erased_at is null order by p.uploaded_at
            """,
        ),
    )
    BROUILLONS = (
        "brouillons",
        Gardee(
            "Mes brouillons",
            "Chiffrés\u00a0: moi seul peux les ouvrir, depuis «\u00a0Mes demandes\u00a0»",
            f"{DRAFT_DAYS.days} jours sans modification",
            """
            select b.demande, b.created_at as commence_le, b.updated_at as modifie_le
            from brouillons b where b.agent = :agent order by b.created_at
            """,
        ),
    )
    VUES = (
        "vues",
        Gardee(
            "Mes vues enregistrées",
            "Leur nom, les filtres qu’elles gardent, sans les mots recherchés",
            "Jusqu’à ce que je les efface",
            """
            select v.nom, v.liste, v.filtres, v.created_at as enregistree_le
            from vues_enregistrees v where v.agent = :agent order by v.id
            """,
        ),
    )
    PHOTOS = (
        "photos",
        Gardee(
            "Le code de photos affiché sur mon ordinateur",
            "Le formulaire qui attend les photos de mon téléphone, la fin du code",
            "Le lendemain de sa fin",
            """
            select p.demande, p.expires_at as finit_le from photos_attendues p where p.agent = :agent
            """,
        ),
    )
    PROPOSITIONS = (
        "propositions",
        Gardee(
            "Les procédures que j’ai proposées",
            "Sujet, date, suite donnée et sa raison",
            f"{MAIL_DAYS.days} jours après les avoir proposées",
            """
            select s.nom as sujet, w.proposee_at as proposee_le, w.decidee_at as decidee_le, w.is_acceptee as acceptee,
                w.motif
            from propositions w left join sujets s on s.id = w.sujet where w.agent = :agent order by w.id
            """,
        ),
    )
    COURRIELS = (
        "courriels",
        Gardee(
            "Les courriels que j’ai reçus",
            "Objet, date, numéro de la demande",
            f"{MAIL_DAYS.days} jours après l’envoi",
            """
            select c.fait as objet, c.demande, c.created_at as ecrit_le, c.sent_at as envoye_le
            from courriels c where c.agent = :agent order by c.created_at, c.id
            """,
        ),
    )
    SIGNALEMENTS = (
        "signalements",
        Gardee(
            "Les usages abusifs que j’ai signalés",
            "Numéro de la demande, raison, ce que j’ai écrit",
            f"{JOURNAL_DAYS.days // 30} mois après leur traitement",
            """
            select s.demande, s.raison, s.texte, s.created_at as signale_le, s.treated_at as traite_le
            from signalements s where s.agent = :agent order by s.id
            """,
        ),
    )
    JOURNAL = (
        "journal",
        Gardee(
            "Le journal de mes actes",
            "Ce que j’ai fait, quand et depuis quel réseau, sans contenu",
            f"{JOURNAL_DAYS.days // 30} mois",
            """
            select j.fait as acte, j.at as fait_le, g.nom as groupe,
                case when j.fait not in ('demande_confiee', 'demande_sans_repondant')
                    or exists (select from positions p where p.demande = j.demande and p.agent = :agent)
                    then j.demande end as demande,
                j.details->>'reseau' as reseau, j.details->>'navigateur' as navigateur
            from journal j left join groupes g on g.id = j.groupe where j.agent = :agent order by j.id
            """,
        ),
    )

    def say_jusqua(self) -> str:
        """Until when, in words."""
        return self.fiche.jusqua.format(retention=retention().days)


# One question for the whole: kinds follow one another in the order of the page, and nothing is held in memory.
READ = " union all ".join(
    f"select '{donnee}' as nature, row_to_json(r)::text as ligne from ({donnee.fiche.sql}) r"
    for donnee in GenreGarde
)
COUNT = "".join(("select nature, count(*) as nombre from (", READ, ") l group by nature"))

Ligne = dict[str, Any]


async def count_donnees(agent: int) -> dict[GenreGarde, int]:
    """How many rows of each kind are kept of this agent."""
    found = {row["nature"]: int(row["nombre"]) for row in await database.fetch(COUNT, agent=agent)}
    return {donnee: found.get(donnee.value, 0) for donnee in GenreGarde}


async def stream_donnees(agent: int) -> AsyncIterator[tuple[GenreGarde, Ligne | None]]:
    """Each kind in turn: None opens it, then come its rows, if any. Instants are ISO 8601, acts are in words."""
    waiting = list(GenreGarde)
    async for row in database.stream(READ, agent=agent):
        donnee = GenreGarde(row["nature"])
        while donnee in waiting:
            yield waiting.pop(0), None
        ligne = json.loads(row["ligne"])
        for name in ("acte", "objet"):
            if ligne.get(name) in set(Fait):
                ligne[name] = Fait(ligne[name]).fiche.libelle
        yield donnee, ligne
    for donnee in waiting:
        yield donnee, None


async def write_json(agent: int, now: datetime) -> AsyncIterator[bytes]:
    """For a program: one list per kind, with until when it is kept."""
    yield f'{{"etabli_le": "{now.isoformat()}"'.encode()
    end, comma = "", ""
    async for donnee, ligne in stream_donnees(agent):
        if ligne is None:
            head = json.dumps(
                {"garde": donnee.fiche.contenu, "jusqua": donnee.say_jusqua()}, ensure_ascii=False
            )
            yield f'{end},\n"{donnee.value}": {head[:-1]}, "lignes": ['.encode()
            end, comma = "]}", "\n"
        else:
            yield (comma + json.dumps(ligne, ensure_ascii=False)).encode()
            comma = ",\n"
    yield f"{end}}}\n".encode()


async def write_texte(agent: int, now: datetime, zone: ZoneInfo) -> AsyncIterator[bytes]:
    """To be read: one paragraph per kind, one line per row, in the reader’s clock."""
    yield f"Mes données dans Administration+, {_say(now.isoformat(), zone)}\n".encode()
    async for donnee, ligne in stream_donnees(agent):
        if ligne is None:
            yield (
                f"\n\n{donnee.fiche.libelle.upper()}\n{donnee.fiche.contenu}.\nGardé\u00a0: {donnee.say_jusqua()}.\n"
            ).encode()
        else:
            said = [f"{name.replace('_', ' ')}\u00a0: {_say(value, zone)}" for name, value in ligne.items()]
            yield ("– " + "\u00a0; ".join(said) + "\n").encode()


def _say(value: Any, zone: ZoneInfo) -> str:
    """A value of a row in words; an instant as its day and hour."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):
        return ", ".join(f"{name} {word}" for name, word in value.items()) or "aucun"
    if isinstance(value, str) and INSTANT.match(value):
        instant = datetime.fromisoformat(value)
        return f"{dates.jour(instant, zone)}, {dates.heure(instant, zone)}"
    if isinstance(value, str) and JOUR.fullmatch(value):
        return dates.jour(date.fromisoformat(value), zone)
    return "–" if value in (None, "") else str(value)
