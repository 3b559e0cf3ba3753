"""`/demandes`, `/demandes/recues`, `/demandes/suivies`, acts on their rows, `/demandes/recherche`, `/quoi-de-neuf`."""

from app.routes.demandes import boites, gestes, neuf, recherche

ROUTES = [*boites.ROUTES, *gestes.ROUTES, *recherche.ROUTES, *neuf.ROUTES]
