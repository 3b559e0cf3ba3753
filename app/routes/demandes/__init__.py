"""`/demandes`, `/demandes/recues`, `/demandes/suivies`, `/demandes/recherche`, `/quoi-de-neuf`: lists, search, news."""

from app.routes.demandes import boites, neuf, recherche

ROUTES = [*boites.ROUTES, *recherche.ROUTES, *neuf.ROUTES]
