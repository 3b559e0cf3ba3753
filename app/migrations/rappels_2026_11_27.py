"""Which line of the journal a webhook tells."""

from app.migrate import run_sql

ID = "2026-11-27T17:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "webhooks from the journal"

forwards = run_sql(__file__, ID, DESCRIPTION)
