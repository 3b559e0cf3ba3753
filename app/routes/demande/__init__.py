"""`/demandes/{numero}` and what can be done there, one file per noun."""

from app.routes.demande import (
    cloture,
    corrections,
    effacement,
    impression,
    informations,
    invitations,
    meme_usager,
    messages,
    note,
    page,
    pieces,
    presence,
    reprise,
    signalement,
    suivi,
)

ROUTES = [
    *page.ROUTES,
    *presence.ROUTES,
    *messages.ROUTES,
    *corrections.ROUTES,
    *informations.ROUTES,
    *invitations.ROUTES,
    *cloture.ROUTES,
    *reprise.ROUTES,
    *impression.ROUTES,
    *note.ROUTES,
    *pieces.ROUTES,
    *meme_usager.ROUTES,
    *effacement.ROUTES,
    *suivi.ROUTES,
    *signalement.ROUTES,
]
