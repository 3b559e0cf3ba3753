"""Second factor of the accounts that have one."""

from app.migrate import run_sql

ID = "2026-11-27T23:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "second factor"

forwards = run_sql(__file__, ID, DESCRIPTION)
