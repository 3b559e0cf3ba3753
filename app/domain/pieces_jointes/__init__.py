"""Files attached to a demande: taken with care, shown to who may, erased after fifteen days (product §2, §3, §5.5).
Rows are written here, bytes by the store, never inside one transaction.
Called by the pages of files, by whoever publishes a line with files, and by the sweep that erases them.
"""
