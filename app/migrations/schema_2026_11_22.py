"""The whole schema, as it was on that day."""

from app.migrate import run_sql

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the whole schema"

forwards = run_sql(__file__, ID, DESCRIPTION)
