"""The filters of a list that somebody keeps under a name, for themselves or for the members of a groupe."""

from app.migrate import run_sql

ID = "2026-11-27T23:58:50:000000"
VERSION = "1.38.0"
DESCRIPTION = "saved views of the lists"

forwards = run_sql(__file__, ID, DESCRIPTION)
