"""When each sweep last succeeded, and last failed."""

from app.migrate import run_sql

ID = "2026-11-27T22:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "when each sweep last succeeded, and last failed"

forwards = run_sql(__file__, ID, DESCRIPTION)
