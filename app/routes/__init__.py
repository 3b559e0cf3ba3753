"""The site map: every page, in menu order."""

from app.routes import accueil, boite_demo, sante

ROUTES = [
    *accueil.ROUTES,
    *sante.ROUTES,
    *boite_demo.ROUTES,
]
