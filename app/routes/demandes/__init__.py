"""The lists of demandes: their rows, the acts on them, saved views, the search, and what is new."""

from app.routes.demandes import boites, enregistrees, gestes, neuf, recherche

ROUTES = [*boites.ROUTES, *gestes.ROUTES, *enregistrees.ROUTES, *recherche.ROUTES, *neuf.ROUTES]
