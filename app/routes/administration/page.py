"""`/administration`: what waits, the state of the platform, doors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get

from app import antivirus, pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.attention import list_attention
from app.domain.administration.etat import EtatPlateforme, read_etat
from app.domain.administration.premiers_pas import PremiersPas, read_premiers_pas
from app.domain.mots import dates
from app.pages import Contexte
from app.routes.administration.mots_attention import Point, list_points
from app.routes.params import Now, Signed, Visit
from app.settings import get_settings
from app.templating import pluriel

PAGE = "administration/page.html"
MARCHE, VEILLE = ("en marche", "succes"), ("non configuré", "neutre")


@dataclass(frozen=True)
class Porte:
    """A door to another page."""

    titre: str
    detail: str
    url: str


PERSONNES = [
    Porte("Agents", "Comptes, adresse e-mail, rôles, désactivation.", "/administration/agents"),
    Porte("Groupes", "Membres, départements, réglages, pause.", "/groupes"),
    Porte(
        "Import de structures",
        "Un fichier CSV, ODS ou XLSX, vérifié avant d’écrire.",
        "/administration/imports",
    ),
    Porte("Experts", "Qui peut être invité sur une demande bloquée.", "/administration/agents?parmi=equipe"),
    Porte("Pilotes", "Qui voit les chiffres, et de quel périmètre.", "/administration/agents?parmi=pilotes"),
    Porte("Signalements", "Usages abusifs, exclusion d’un compte.", "/administration/signalements"),
    Porte("Conversations", "Ce que l’on vous écrit depuis l’aide.", "/administration/conversations"),
    Porte(
        "Procédures standard",
        "Ce que les instructeurs proposent d’essayer d’abord.",
        "/administration/procedures",
    ),
    Porte(
        "Traductions du mandat",
        "Huit langues, à faire relire puis à confirmer.",
        "/administration/traductions",
    ),
    Porte(
        "Demandes d’usagers",
        "Accès, rectification, effacement de leurs données.",
        "/administration/demandes-usagers",
    ),
]
PLATEFORME = [
    Porte("Journal", "Qui a fait quoi, depuis 12 mois.", "/administration/journal"),
    Porte(
        "Versions des conditions d’utilisation", "Leur texte, et depuis quand.", "/administration/conditions"
    ),
    Porte("Référentiel", "Thèmes, sujets, organismes, jours fériés.", "/administration/referentiel"),
    Porte("Réglages en vigueur", "Délais, durées et seuils, en lecture seule.", "/administration/reglages"),
    Porte("Bandeau d’information", "Ce que dit toute page, à qui, quels jours.", "/administration/bandeau"),
    Porte(
        "Maintenance",
        "Lecture seule ou fermeture, annoncée à tous.",
        "/administration/maintenance",
    ),
    Porte("Statistiques", "Chiffres, délais et données ouvertes.", "/statistiques"),
    Porte("Déploiement", "Qui est joignable, par département et par organisme.", "/deploiement"),
]


@dataclass(frozen=True)
class Pas:
    """A first step of a new platform: done, or where to do it."""

    titre: str
    detail: str
    is_fait: bool
    portes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Administration(Contexte):
    """What waits first, then doors; beside, the state of the platform and what today brought."""

    templates = (PAGE,)
    pas: list[Pas]
    is_seul: bool
    points: list[Point]
    personnes: list[Porte]
    plateforme: list[Porte]
    parties: list[Point]
    aujourdhui: list[tuple[str, int]]


@get("/administration")
async def get_administration(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """For the A+ team alone. Raises Refus."""
    attention, etat = await list_attention(signed), await read_etat(signed, now)
    premiers = await read_premiers_pas(signed)
    context = Administration(
        pas=[] if premiers.is_fini else list_pas(premiers),
        is_seul=premiers.is_seul,
        points=list_points(attention, signed, now),
        personnes=PERSONNES,
        plateforme=PLATEFORME,
        parties=[*list_parties(etat, signed, now), await describe_antivirus()],
        aujourdhui=[
            ("Agents connectés", etat.agents),
            ("Demandes envoyées", etat.demandes),
            ("Messages écrits", etat.messages),
            ("Réponses en souffrance", etat.en_souffrance),
        ],
    )
    return await pages.show(request, PAGE, context)


def list_pas(premiers: PremiersPas) -> list[Pas]:
    """What a first demande needs, in order."""
    creer = ("Créer un groupe", "/administration/groupes/nouveau")
    importer = ("Importer un fichier", "/administration/imports")
    groupes = (("Choisir le groupe", "/groupes"),)
    return [
        Pas(
            "Les groupes des aidants",
            "France Services, associations : ceux qui demandent.",
            premiers.has_aidants,
            (creer, importer),
        ),
        Pas(
            "Les groupes des organismes",
            "CAF, CPAM, préfectures : ceux qui répondent.",
            premiers.has_operateurs,
            (creer, importer),
        ),
        Pas(
            "Un premier aidant",
            "Son compte se crée depuis la page de son groupe.",
            premiers.has_aidant,
            groupes if premiers.has_aidants else (),
        ),
        Pas(
            "Un premier instructeur",
            "Son compte se crée depuis la page de son groupe.",
            premiers.has_instructeur,
            groupes if premiers.has_operateurs else (),
        ),
    ]


def list_parties(etat: EtatPlateforme, signed: Agent, now: datetime) -> list[Point]:
    """The parts of the platform: is each in order, and since when."""

    def part(titre: str, detail: str, is_well: bool, otherwise: str = "à l’arrêt") -> Point:
        badge, ton = MARCHE if is_well else (otherwise, "erreur")
        return Point(titre, detail, badge=badge, ton=ton)

    seen = (
        f"dernier signe {dates.age(etat.beat_at, now)}"
        if etat.beat_at
        else "aucun signe depuis l’installation"
    )
    swept = f"dernier passage {dates.age(etat.swept_at, now)}" if etat.swept_at else "aucun passage"
    archive = (
        f"dernier journal archivé {dates.age(etat.archived_at, now)}"
        if etat.archived_at
        else "aucun archivage continu\u00a0: les sauvegardes sont celles de votre hébergeur"
    )
    courriels = f"{etat.courriels_en_attente} en attente"
    if etat.courriel_oldest_at:
        courriels += f", le plus ancien {dates.age(etat.courriel_oldest_at, now)}"
    is_late = etat.courriel_oldest_at is not None and (now - etat.courriel_oldest_at).total_seconds() > 600
    sms = f"{pluriel(etat.sms_partis, 'parti')} et {pluriel(etat.sms_refuses, 'refusé')} en 24\u00a0h"
    has_sms = get_settings().sms_url is not None or not get_settings().is_production
    return [
        part("Tâches de fond", f"{etat.travailleurs} en service, {seen}", etat.is_working(now)),
        part(
            "Courriels",
            f"{courriels}\u00a0; {pluriel(etat.courriels_partis, 'parti')} et "
            f"{pluriel(etat.courriels_refuses, 'refusé')} en 24\u00a0h",
            not is_late,
            "en retard",
        ),
        Point("SMS", f"{etat.sms_en_attente} en attente\u00a0; {sms}", badge=MARCHE[0], ton=MARCHE[1])
        if has_sms
        else Point("SMS", "Le mandat par SMS n’est pas proposé.", badge=VEILLE[0], ton=VEILLE[1]),
        part(
            "Effacements",
            f"{swept}\u00a0; {pluriel(etat.erased, 'ligne')} depuis hier",
            etat.is_sweeping(now),
        ),
        Point(
            "Pièces jointes",
            f"{pluriel(etat.pieces, 'fichier')}, {dates.octets(etat.taille_pieces)}, chiffrés",
        ),
        part(
            "Base de données",
            f"PostgreSQL {etat.version_base}, {dates.octets(etat.taille_base)}\u00a0; {archive}",
            True,
        ),
    ]


async def describe_antivirus() -> Point:
    """Whether anything looks for viruses in the files people exchange."""
    url = get_settings().clamd_url
    if url is None:
        detail = (
            "Les pièces jointes ne sont pas analysées par un antivirus. Leur contenu est contrôlé (macros, scripts et "
            "programmes refusés)."
        )
        return Point("Antivirus", detail, badge=VEILLE[0], ton="alerte")
    if not await antivirus.is_reachable(url):
        detail = "Les pièces jointes reçues en ce moment attendent son avis, et personne ne peut les ouvrir."
        return Point("Antivirus", detail, badge="ne répond pas", ton="erreur")
    detail = "Les pièces jointes sont analysées à leur arrivée."
    return Point("Antivirus", detail, badge=MARCHE[0], ton=MARCHE[1])


ROUTES = [get_administration]
