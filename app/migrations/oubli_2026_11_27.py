"""What goes when, and what remains to say that it went."""

from app.migrate import run_sql

ID = "2026-11-27T19:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "forgetting"

forwards = run_sql(__file__, ID, DESCRIPTION)
