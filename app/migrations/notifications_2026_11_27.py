"""Mails wait for the hour their agent chose."""

from app.migrate import run_sql

ID = "2026-11-27T19:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "mails wait for the hour their agent chose"

forwards = run_sql(__file__, ID, DESCRIPTION)
