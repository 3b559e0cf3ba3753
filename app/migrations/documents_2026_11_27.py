"""What an instructeur asks the aidant for, and since when."""

from app.migrate import run_sql

ID = "2026-11-27T23:46:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "documents asked of the aidant"

forwards = run_sql(__file__, ID, DESCRIPTION)
