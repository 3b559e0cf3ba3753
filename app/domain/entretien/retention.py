"""How long what several rooms know of is kept; the sweeps stand in `oubli` (product §2, §4, §5)."""

from datetime import timedelta

DRAFT_DAYS = timedelta(days=7)
