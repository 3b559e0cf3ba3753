"""The site map: every page, in menu order."""

from app.routes import (
    accueil,
    aide,
    boite_demo,
    cgu,
    connexion,
    deconnexion,
    demande,
    demandes,
    mentions,
    nouvelle_demande,
    profil,
    sante,
)

ROUTES = [
    *accueil.ROUTES,
    *connexion.ROUTES,
    *deconnexion.ROUTES,
    *cgu.ROUTES,
    *profil.ROUTES,
    *aide.ROUTES,
    *mentions.ROUTES,
    *demandes.ROUTES,
    *nouvelle_demande.ROUTES,
    *demande.ROUTES,
    *sante.ROUTES,
    *boite_demo.ROUTES,
]
