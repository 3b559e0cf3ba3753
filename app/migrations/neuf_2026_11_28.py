"""What is new to an agent is looked for among the demandes that moved."""

from app.migrate import run_sql

ID = "2026-11-28T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "quoi de neuf reads what moved"

forwards = run_sql(__file__, ID, DESCRIPTION)
