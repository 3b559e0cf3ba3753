"""« Voir comme »: whom a session looks at, and the base as it is shown then."""

from app.migrate import run_sql

ID = "2026-11-27T23:57:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "voir comme"

forwards = run_sql(__file__, ID, DESCRIPTION)
