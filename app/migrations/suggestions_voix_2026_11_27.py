"""Each agent counts once in what is made of a suggested sujet."""

from app.migrate import run_sql

ID = "2026-11-27T23:58:41:000000"
VERSION = "1.38.0"
DESCRIPTION = "one agent counts once in the answers to a suggestion"

forwards = run_sql(__file__, ID, DESCRIPTION)
