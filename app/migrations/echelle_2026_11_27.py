"""What time tells is told once: each rung of the ladder of a lateness, each reminder of an agent."""

from app.migrate import run_sql

ID = "2026-11-27T20:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the ladder of en souffrance, reminders told once"

forwards = run_sql(__file__, ID, DESCRIPTION)
