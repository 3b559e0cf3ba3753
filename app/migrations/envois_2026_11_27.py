"""One engine for what leaves: an SMS says why it did not, like a mail."""

from app.migrate import run_sql

ID = "2026-11-27T02:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the reason of an SMS that did not leave"

forwards = run_sql(__file__, ID, DESCRIPTION)
