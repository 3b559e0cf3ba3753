"""What was erased is left out of what an agent may still read, by an index."""

from app.migrate import run_sql

ID = "2026-11-29T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what may still be read"

forwards = run_sql(__file__, ID, DESCRIPTION)
