"""Information bands that administrateurs write for the readers of every page."""

from app.migrate import run_sql

ID = "2026-11-27T23:58:45:000000"
VERSION = "1.38.0"
DESCRIPTION = "information bands"

forwards = run_sql(__file__, ID, DESCRIPTION)
