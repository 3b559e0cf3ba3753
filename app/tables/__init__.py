"""The whole schema, listed here by room; each class says its columns and one line of meaning, and has no method.

A class bears the name of its table, in the plural, so that `Demandes` holds rows and `Demande` is what a visit
learned of one.

Instants are `timestamptz` and end in `_at`, days end in `_on`. What is sealed (`_scelle`) is encrypted by
`chiffrement.py`; what is an `empreinte` is a keyed hash. Partial indexes, triggers and checks that Piccolo cannot
say stand in the migrations, next to the table they belong to.

territoire   Organismes, Themes, Sujets, ReponsesSuggestions, VoixSuggestions, Departements
personnes    Groupes, Couvertures, Agents, Adhesions, Absences, Perimetres
acces        Sessions, SecondsFacteurs, Liens, Tentatives, PostsScelles
demandes     Demandes, UsagerInformations, Sollicitations, Invitations, Lectures, Presences, Abonnements, Memos,
             GestesListes, VuesEnregistrees
echanges     Messages, Corrections, Reponses, Brouillons, PiecesJointes, Apercus, PhotosAttendues, Procedures,
             Propositions, Signalements
mandats      Mandats, Sms, Traductions
figures      JoursFeries, Suivis, SuivisDemandes, Reprises, Retards, Souffrances, JoursComptes, CumulsJours,
             CumulsDelais, Recomptes, Publications, Jetons, Rappels, Blocages, Pauses
faits        Courriels, Journal, Satisfactions, Battements, Balayages
oubli        Effacements, Menages, Requetes, Bases
notifications  Escalades, AvisDonnes
administration  Imports, Bandeaux, Maintenances, VersionsReferentiel, Conditions
contact      Conversations, Paroles
"""

from app.tables.acces import Liens, PostsScelles, SecondsFacteurs, Sessions, Tentatives
from app.tables.administration import Bandeaux, Conditions, Imports, Maintenances, VersionsReferentiel
from app.tables.contact import Conversations, Paroles
from app.tables.demandes import (
    Abonnements,
    Demandes,
    GestesListes,
    Invitations,
    Lectures,
    Memos,
    Presences,
    Sollicitations,
    UsagerInformations,
    VuesEnregistrees,
)
from app.tables.echanges import (
    Apercus,
    Brouillons,
    Corrections,
    Messages,
    PhotosAttendues,
    PiecesJointes,
    Procedures,
    Propositions,
    Reponses,
    Signalements,
)
from app.tables.faits import Balayages, Battements, Courriels, Journal, Satisfactions
from app.tables.figures import (
    Blocages,
    CumulsDelais,
    CumulsJours,
    Jetons,
    JoursComptes,
    JoursFeries,
    Pauses,
    Publications,
    Rappels,
    Recomptes,
    Reprises,
    Retards,
    Souffrances,
    Suivis,
    SuivisDemandes,
)
from app.tables.mandats import Mandats, Sms, Traductions
from app.tables.notifications import AvisDonnes, Escalades
from app.tables.oubli import Bases, Effacements, Menages, Requetes
from app.tables.personnes import Absences, Adhesions, Agents, Couvertures, Groupes, Perimetres
from app.tables.territoire import (
    Departements,
    Organismes,
    ReponsesSuggestions,
    Sujets,
    Themes,
    VoixSuggestions,
)

__all__ = [
    "Abonnements",
    "Absences",
    "Adhesions",
    "Agents",
    "Apercus",
    "AvisDonnes",
    "Balayages",
    "Bandeaux",
    "Bases",
    "Battements",
    "Blocages",
    "Brouillons",
    "Conditions",
    "Conversations",
    "Corrections",
    "Courriels",
    "Couvertures",
    "CumulsDelais",
    "CumulsJours",
    "Demandes",
    "Departements",
    "Effacements",
    "Escalades",
    "GestesListes",
    "Groupes",
    "Imports",
    "Invitations",
    "Jetons",
    "Journal",
    "JoursComptes",
    "JoursFeries",
    "Lectures",
    "Liens",
    "Maintenances",
    "Mandats",
    "Memos",
    "Menages",
    "Messages",
    "Organismes",
    "Paroles",
    "Pauses",
    "Perimetres",
    "PhotosAttendues",
    "PiecesJointes",
    "PostsScelles",
    "Presences",
    "Procedures",
    "Propositions",
    "Publications",
    "Rappels",
    "Recomptes",
    "Reponses",
    "ReponsesSuggestions",
    "Reprises",
    "Requetes",
    "Retards",
    "Satisfactions",
    "SecondsFacteurs",
    "Sessions",
    "Signalements",
    "Sms",
    "Sollicitations",
    "Souffrances",
    "Suivis",
    "SuivisDemandes",
    "Sujets",
    "Tentatives",
    "Themes",
    "Traductions",
    "UsagerInformations",
    "VersionsReferentiel",
    "VoixSuggestions",
    "VuesEnregistrees",
]
