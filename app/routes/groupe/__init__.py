"""The pages of one groupe: its members first, then what is done about each and about the groupe itself."""

from app.routes.groupe import comptes, membre, membres, reglages, retrait

ROUTES = [*membres.ROUTES, *comptes.ROUTES, *membre.ROUTES, *retrait.ROUTES, *reglages.ROUTES]
