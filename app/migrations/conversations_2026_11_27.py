"""Conversations with the A+ team, begun by an agent or by somebody who is not signed in."""

from app.migrate import run_sql

ID = "2026-11-27T23:36:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "conversations with the A+ team"

forwards = run_sql(__file__, ID, DESCRIPTION)
