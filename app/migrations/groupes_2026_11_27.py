"""What a groupe says of itself, who is away, through which groupe somebody was invited, what waits to be taken up."""

from app.migrate import run_sql

ID = "2026-11-27T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the life of groupes"

forwards = run_sql(__file__, ID, DESCRIPTION)
