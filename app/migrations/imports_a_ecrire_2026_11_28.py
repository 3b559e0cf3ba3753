"""An import that would write nothing waits for nobody."""

from app.migrate import run_sql

ID = "2026-11-28T12:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "imports with nothing to write"

forwards = run_sql(__file__, ID, DESCRIPTION)
