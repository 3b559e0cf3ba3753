"""The last act of a session, for a twin that follows it."""

from app.migrate import run_sql

ID = "2026-11-29T15:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "last act of a session"

forwards = run_sql(__file__, ID, DESCRIPTION)
