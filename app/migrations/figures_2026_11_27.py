"""Figures: the facts that stay when a demande is erased, one view per figure, daily sums."""

from app.migrate import run_sql

ID = "2026-11-27T14:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "figures"

forwards = run_sql(__file__, ID, DESCRIPTION)
