"""Forms where nothing is written yet."""

from app.migrate import run_sql

ID = "2026-11-27T22:53:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "forms where nothing is written yet"

forwards = run_sql(__file__, ID, DESCRIPTION)
