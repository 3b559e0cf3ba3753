"""What search needs: an index on the keyed hash of identifiers, and names folded in SQL."""

from app.migrate import run_sql

ID = "2026-11-27T18:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "search by identifier, by groupe and by agent"

forwards = run_sql(__file__, ID, DESCRIPTION)
