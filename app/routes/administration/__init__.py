"""`/administration`: what waits for the A+ team, the state of the platform, then doors. Never content."""

from app.routes.administration import agent, agents, groupes, imports, journal, page

ROUTES = [*page.ROUTES, *agents.ROUTES, *agent.ROUTES, *groupes.ROUTES, *journal.ROUTES, *imports.ROUTES]
