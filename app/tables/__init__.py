"""The whole schema, listed here by room; each class says its columns and one line of meaning, and has no method.

Instants are `timestamptz` and end in `_at`, days end in `_on`. What is sealed (`_scelle`) is encrypted by
`chiffrement.py`; what is an `empreinte` is a keyed hash. Partial indexes, triggers and checks that Piccolo cannot
say stand in the migrations, next to the table they belong to.

territoire   Organisme, Theme, Sujet, Departement
personnes    Groupe, Couverture, Agent, Adhesion, Absence, Perimetre
acces        Session, Lien, Tentative, PostScelle
demandes     Demande, UsagerInformation, Sollicitation, Invitation, Lecture
echanges     Message, Reponse, Brouillon, PieceJointe
mandats      Mandat, Sms
figures      JourFerie, Suivi, SuiviDemande, Reprise, Retard, Souffrance, JourCompte, CumulJour, CumulDelai, Recompte,
             Publication, Jeton, Rappel, Blocage
faits        Courriel, Journal, Satisfaction, Battement
"""

from app.tables.acces import Lien, PostScelle, Session, Tentative
from app.tables.demandes import Demande, Invitation, Lecture, Sollicitation, UsagerInformation
from app.tables.echanges import Brouillon, Message, PieceJointe, Reponse
from app.tables.faits import Battement, Courriel, Journal, Satisfaction
from app.tables.figures import (
    Blocage,
    CumulDelai,
    CumulJour,
    Jeton,
    JourCompte,
    JourFerie,
    Publication,
    Rappel,
    Recompte,
    Reprise,
    Retard,
    Souffrance,
    Suivi,
    SuiviDemande,
)
from app.tables.mandats import Mandat, Sms
from app.tables.personnes import Absence, Adhesion, Agent, Couverture, Groupe, Perimetre
from app.tables.territoire import Departement, Organisme, Sujet, Theme

__all__ = [
    "Absence",
    "Adhesion",
    "Agent",
    "Battement",
    "Blocage",
    "Brouillon",
    "Courriel",
    "Couverture",
    "CumulDelai",
    "CumulJour",
    "Demande",
    "Departement",
    "Groupe",
    "Invitation",
    "Jeton",
    "JourCompte",
    "JourFerie",
    "Journal",
    "Lecture",
    "Lien",
    "Mandat",
    "Message",
    "Organisme",
    "Perimetre",
    "PieceJointe",
    "PostScelle",
    "Publication",
    "Rappel",
    "Recompte",
    "Reponse",
    "Reprise",
    "Retard",
    "Satisfaction",
    "Session",
    "Sms",
    "Sollicitation",
    "Souffrance",
    "Suivi",
    "SuiviDemande",
    "Sujet",
    "Tentative",
    "Theme",
    "UsagerInformation",
]
