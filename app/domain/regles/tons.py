"""The tone that confirms each word of a demande, the same in lists and on its page. Pure; the word says it all."""

from app.domain.regles.statuts import EtatPart, Statut

URGENCES = {
    "coupure": "coupure",
    "expulsion": "expulsion",
    "sans_ressources": "sans ressources",
    "sante": "santé",
}
TONS_PART = {
    EtatPart.SANS_REPONSE: "alerte",
    EtatPart.EN_COURS: "info",
    EtatPart.TRAITEE: "succes",
    EtatPart.DECLINEE: "neutre",
}
TONS_STATUT = {
    Statut.NOUVELLE: "neutre",
    Statut.CONSULTEE: "info",
    Statut.REPONDUE: "info",
    Statut.TRAITEE: "succes",
    Statut.CLOTUREE: "neutre",
}
