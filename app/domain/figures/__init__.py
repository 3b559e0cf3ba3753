"""Figures: what each one means, which view holds it, how it is summed, for whom. Their facts are written by triggers
with the act they measure; sweeps keep daily sums, and every reader gets the same count from the sums or from the
facts. Pages, open data, the read API and the form of a new demande (usual delay, blocage collectif) call it.
"""
