"""What is new to an agent, demande by demande."""

from app.migrate import run_sql

ID = "2026-11-27T20:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "quoi de neuf"

forwards = run_sql(__file__, ID, DESCRIPTION)
