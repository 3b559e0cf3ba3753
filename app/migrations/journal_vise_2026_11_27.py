"""The journal looked for by the account a line is about."""

from app.migrate import run_sql

ID = "2026-11-27T23:41:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "journal by the account it is about"

forwards = run_sql(__file__, ID, DESCRIPTION)
