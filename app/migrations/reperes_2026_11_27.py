"""Descriptions written before search covered them: which demandes a sweep still has to fold."""

from app.migrate import run_sql

ID = "2026-11-27T22:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "search covers the descriptions of former demandes"

forwards = run_sql(__file__, ID, DESCRIPTION)
