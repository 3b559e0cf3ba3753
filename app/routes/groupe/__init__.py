"""The pages of one groupe: its members first, then what is done about each and about the groupe itself."""

from app.routes.groupe import comptes, demandes, membre, membres, reglages, reponses, retrait

ROUTES = [
    *membres.ROUTES,
    *comptes.ROUTES,
    *membre.ROUTES,
    *retrait.ROUTES,
    *reglages.ROUTES,
    *demandes.ROUTES,
    *reponses.ROUTES,
]
