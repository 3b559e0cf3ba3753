"""Maintenances that administrateurs plan: the service only reads, or is closed."""

from app.migrate import run_sql

ID = "2026-11-27T23:59:27:000000"
VERSION = "1.38.0"
DESCRIPTION = "maintenances"

forwards = run_sql(__file__, ID, DESCRIPTION)
