"""`/connexion`: ask for a sign-in mail, then open its link or type its code (product §4)."""

from app.routes.connexion import courriel, lien, proconnect

ROUTES = [*courriel.ROUTES, *lien.ROUTES, *proconnect.ROUTES]
