"""What a message said before its author corrected it."""

from app.migrate import run_sql

ID = "2026-11-27T23:53:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "former words of corrected messages"

forwards = run_sql(__file__, ID, DESCRIPTION)
