"""Where an agent stands on the demandes that moved."""

from app.migrate import run_sql

ID = "2026-11-28T14:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "places on what moved"

forwards = run_sql(__file__, ID, DESCRIPTION)
