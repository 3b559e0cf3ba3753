"""`/profil`: who I am, which mails I get, where I am signed in, and everything kept of me."""

from app.routes.profil import donnees, page, session

ROUTES = [*page.ROUTES, *donnees.ROUTES, *session.ROUTES]
