"""Imports of structures and accounts."""

from app.migrate import run_sql

ID = "2026-11-27T23:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "imports of structures and accounts"

forwards = run_sql(__file__, ID, DESCRIPTION)
