"""Files attached to a demande: taken with care, shown to who may, erased after fifteen days (product §2, §3, §5.5)."""
