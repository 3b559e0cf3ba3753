"""What figures and blocages say of who works where starts from the views of access, like everything else."""

from app.migrate import run_sql

ID = "2026-11-27T23:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "figures read active members where access says them"

forwards = run_sql(__file__, ID, DESCRIPTION)
