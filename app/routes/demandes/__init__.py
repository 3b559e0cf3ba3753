"""The lists of demandes: their rows, the acts on them, saved views, the search, what comes next and what is new."""

from app.routes.demandes import boites, enregistrees, gestes, neuf, recherche, suivante

ROUTES = [
    *boites.ROUTES,
    *gestes.ROUTES,
    *enregistrees.ROUTES,
    *recherche.ROUTES,
    *suivante.ROUTES,
    *neuf.ROUTES,
]
