"""Who a groupe takes demandes from, and when: said once for the form of a new demande and for invitations."""

from app.migrate import run_sql

ID = "2026-11-27T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "who a groupe takes demandes from"

forwards = run_sql(__file__, ID, DESCRIPTION)
