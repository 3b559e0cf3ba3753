"""The journal is sealed in a stored order of its own, with a key that is not in the base."""

from app.migrate import run_sql

ID = "2026-11-27T23:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the journal is sealed in a stored order of its own, with a key that is not in the base"

forwards = run_sql(__file__, ID, DESCRIPTION)
