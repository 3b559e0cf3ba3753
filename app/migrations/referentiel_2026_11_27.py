"""Versions of the referentiel; what is retired; the days of a département of its own."""

from app.migrate import run_sql

ID = "2026-11-27T23:59:33:000000"
VERSION = "1.38.0"
DESCRIPTION = "versions du référentiel"

forwards = run_sql(__file__, ID, DESCRIPTION)
