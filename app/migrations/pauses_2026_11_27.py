"""Pauses of groupes are kept, and left out of the delays measured."""

from app.migrate import run_sql

ID = "2026-11-27T23:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "pauses out of delays"

forwards = run_sql(__file__, ID, DESCRIPTION)
