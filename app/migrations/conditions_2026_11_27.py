"""Versions of the conditions every agent accepts, as the A+ team writes them."""

from app.migrate import run_sql

ID = "2026-11-27T23:59:34:000000"
VERSION = "1.38.0"
DESCRIPTION = "versions des conditions d’utilisation"

forwards = run_sql(__file__, ID, DESCRIPTION)
