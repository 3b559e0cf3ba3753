"""Sums are made again, with their levels."""

from app.migrate import run_sql

ID = "2026-11-27T18:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "levels of sums"

forwards = run_sql(__file__, ID, DESCRIPTION)
