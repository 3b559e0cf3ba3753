"""Misuses reported by readers of a demande, and accounts excluded by the A+ team."""

from app.migrate import run_sql

ID = "2026-11-27T23:24:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "misuses reported, accounts excluded"

forwards = run_sql(__file__, ID, DESCRIPTION)
