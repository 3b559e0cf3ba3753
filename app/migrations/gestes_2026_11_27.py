"""What was done to several demandes from a list, so that it can be undone; an answer taken back leaves the figures."""

from app.migrate import run_sql

ID = "2026-11-27T23:52:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "acts from the lists and their undoing"

forwards = run_sql(__file__, ID, DESCRIPTION)
