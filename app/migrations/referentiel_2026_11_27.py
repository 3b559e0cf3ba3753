"""Organismes that no longer exist, or were named after something else."""

from app.migrate import run_sql

ID = "2026-11-27T22:47:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "organismes that no longer exist"

forwards = run_sql(__file__, ID, DESCRIPTION)
