"""What pictures and PDF files look like, made by the worker once they were judged."""

from app.migrate import run_sql

ID = "2026-11-27T23:59:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "previews of pictures and PDF files"

forwards = run_sql(__file__, ID, DESCRIPTION)
