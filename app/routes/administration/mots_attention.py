"""What the home of the A+ team says waits, in the order in which people would be hurt."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.acces.sessions import Signed
from app.domain.administration.attention import Attention, GroupesVides
from app.domain.mots import dates
from app.templating import pluriel

#: Where nobody holds a role, by its name.
VIDES = "/administration/groupes?manque={}"


@dataclass(frozen=True)
class Point:
    """One thing that waits, or one part of the platform, in words."""

    titre: str
    detail: str
    url: str = ""
    badge: str = ""
    ton: str = "neutre"


def list_points(attention: Attention, signed: Signed, now: datetime) -> list[Point]:
    """What waits, in the order in which people would be hurt."""
    found = []
    if n := attention.sans_repondant:
        titre = f"{pluriel(n, 'demande ouverte', 'demandes ouvertes')} que personne ne peut traiter"
        found.append(
            Point(
                titre,
                "Aucun instructeur actif ne la lit dans les groupes sollicités.",
                VIDES.format("instructeur"),
            )
        )
    if vides := attention.sans_instructeur.nombre:
        titre = f"{pluriel(vides, 'groupe')} sans instructeur actif"
        found.append(Point(titre, _say_noms(attention.sans_instructeur), VIDES.format("instructeur")))
    if n := attention.signalements:
        titre = f"{pluriel(n, 'usage abusif signalé', 'usages abusifs signalés')} par des lecteurs"
        found.append(Point(titre, "À juger sans lire la demande.", "/administration/signalements"))
    if n := attention.requetes:
        assert attention.due_on is not None
        limite = dates.le_jour(attention.due_on, now, signed.zone)
        found.append(
            Point(
                f"{pluriel(n, 'demande d’usager', 'demandes d’usagers')} sur leurs données",
                f"Réponse due au plus tard {limite}.",
                "/administration/demandes-usagers",
            )
        )
    if n := attention.conversations:
        titre = f"{pluriel(n, 'conversation')} à répondre"
        found.append(
            Point(
                titre,
                "Des agents, ou des personnes sans compte, vous écrivent.",
                "/administration/conversations",
            )
        )
    if n := attention.procedures:
        titre = pluriel(n, "procédure standard proposée", "procédures standard proposées")
        found.append(Point(titre, "À relire, puis à montrer à tous.", "/administration/procedures"))
    found += list_imports(attention)
    if n := attention.adresses:
        titre = (
            "1 adresse ne reçoit plus nos courriels"
            if n == 1
            else f"{n} adresses ne reçoivent plus nos courriels"
        )
        found.append(
            Point(
                titre, "Trois courriels de suite refusés, ou plus.", "/administration/agents?parmi=refusees"
            )
        )
    if n := attention.mis_de_cote:
        found.append(
            Point(
                f"{pluriel(n, 'courriel mis', 'courriels mis')} de côté par une faute de la plateforme",
                "Leur contenu est gardé\u00a0: une fois la faute corrigée, la commande rejouer-courriels les renvoie.",
            )
        )
    if vides := attention.sans_responsable.nombre:
        titre = f"{pluriel(vides, 'groupe')} sans responsable actif"
        found.append(Point(titre, _say_noms(attention.sans_responsable), VIDES.format("responsable")))
    return found


def list_imports(attention: Attention) -> list[Point]:
    """Files that wait for a hand: half written first. The door is the import itself when there is only one."""
    url = "/administration/imports" + (f"/{attention.import_seul}" if attention.import_seul else "")
    waiting = (
        (
            attention.interrompus,
            ("import interrompu", "imports interrompus"),
            "Une partie des lignes est écrite\u00a0: continuez, rien ne le sera deux fois.",
        ),
        (
            attention.imports,
            ("import attend votre confirmation", "imports attendent votre confirmation"),
            "Le fichier est lu, rien n’est encore écrit.",
        ),
    )
    return [Point(pluriel(n, *words), detail, url) for n, words, detail in waiting if n]


def _say_noms(vides: GroupesVides) -> str:
    """« MSA 23, DDFIP 48 et 2 autres : 5 demandes y attendent. »"""
    others = vides.nombre - len(vides.noms)
    noms = ", ".join(vides.noms) + (f" et {pluriel(others, 'autre')}" if others else "")
    attend = "y attend" if vides.demandes < 2 else "y attendent"
    return f"{noms}\u00a0: {pluriel(vides.demandes, 'demande')} {attend}." if vides.demandes else f"{noms}."
