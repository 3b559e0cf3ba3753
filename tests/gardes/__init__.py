"""The guards of the whole site: rights, leaks, malformed input, headers, query budgets (quality S1, S2, S3, S5, P1)."""
