"""Who has a demande on screen now, for a minute."""

from app.migrate import run_sql

ID = "2026-11-27T23:59:22:000000"
VERSION = "1.38.0"
DESCRIPTION = "who is on a demande now"

forwards = run_sql(__file__, ID, DESCRIPTION)
