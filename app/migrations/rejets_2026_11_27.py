"""Addresses that refuse every mail."""

from app.migrate import run_sql

ID = "2026-11-27T21:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "addresses that refuse every mail"

forwards = run_sql(__file__, ID, DESCRIPTION)
