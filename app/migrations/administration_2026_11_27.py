"""The pages of the A+ team: finding addresses that refuse mail, and lines of the journal by agent and by fait."""

from app.migrate import run_sql

ID = "2026-11-27T23:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "pages of the A+ team"

forwards = run_sql(__file__, ID, DESCRIPTION)
