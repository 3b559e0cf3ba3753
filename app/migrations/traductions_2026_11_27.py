"""Translations of the mandat that an administrateur has confirmed."""

from app.migrate import run_sql

ID = "2026-11-27T23:58:40:000000"
VERSION = "1.38.0"
DESCRIPTION = "traductions du mandat relues"

forwards = run_sql(__file__, ID, DESCRIPTION)
