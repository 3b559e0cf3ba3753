"""What becomes of a row when the row it names goes."""

from piccolo.columns.base import OnDelete

KEEP = OnDelete.restrict
FOLLOW = OnDelete.cascade
FORGET = OnDelete.set_null
