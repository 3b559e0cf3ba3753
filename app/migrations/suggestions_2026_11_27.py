"""How often a suggested sujet is followed or refused."""

from app.migrate import run_sql

ID = "2026-11-27T23:58:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "answers to the suggestion of a sujet"

forwards = run_sql(__file__, ID, DESCRIPTION)
