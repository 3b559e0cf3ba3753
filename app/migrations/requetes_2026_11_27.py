"""What usagers ask of their own data."""

from app.migrate import run_sql

ID = "2026-11-27T21:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "requests of usagers"

forwards = run_sql(__file__, ID, DESCRIPTION)
