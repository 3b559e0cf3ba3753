"""What an agent keeps for themselves of a demande: marked unread again, followed or not, to be reminded of."""

from app.migrate import run_sql

ID = "2026-11-27T23:33:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "demandes marked unread, followed by choice, reminders"

forwards = run_sql(__file__, ID, DESCRIPTION)
