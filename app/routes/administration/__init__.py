"""`/administration`: what waits for the A+ team, the state of the platform, then doors. Never content."""

from app.routes.administration import (
    agent,
    agents,
    bandeaux,
    conditions,
    conversations,
    exclusion,
    groupes,
    imports,
    journal,
    page,
    procedures,
    referentiel,
    reglages,
    signalements,
    traductions,
    versions,
)

ROUTES = [
    *page.ROUTES,
    *agents.ROUTES,
    *agent.ROUTES,
    *groupes.ROUTES,
    *journal.ROUTES,
    *imports.ROUTES,
    *reglages.ROUTES,
    *exclusion.ROUTES,
    *signalements.ROUTES,
    *conversations.ROUTES,
    *procedures.ROUTES,
    *traductions.ROUTES,
    *bandeaux.ROUTES,
    *referentiel.ROUTES,
    *conditions.ROUTES,
    *versions.ROUTES,
]
