"""The site map: every page, in menu order."""

from app.routes import accueil, sante

ROUTES = [
    *accueil.ROUTES,
    *sante.ROUTES,
]
