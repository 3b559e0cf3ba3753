"""Procédures standard: what instructeurs propose for everybody, and what administrateurs accepted of it."""

from app.migrate import run_sql

ID = "2026-11-27T23:56:50:000000"
VERSION = "1.38.0"
DESCRIPTION = "procédures standard"

forwards = run_sql(__file__, ID, DESCRIPTION)
