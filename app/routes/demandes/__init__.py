"""`/demandes`, `/demandes/recues`, `/demandes/suivies`, `/demandes/recherche`: the lists and the search."""

from app.routes.demandes import boites, recherche

ROUTES = [*boites.ROUTES, *recherche.ROUTES]
