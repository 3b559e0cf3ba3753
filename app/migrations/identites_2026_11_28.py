"""The token of who signed in through ProConnect, to leave there too."""

from app.migrate import run_sql

ID = "2026-11-28T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "identities of a provider"

forwards = run_sql(__file__, ID, DESCRIPTION)
