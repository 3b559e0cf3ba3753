"""The lists of demandes and the search: what waits for whom, counted and shown from the same texts (product §6).

`boites.py` says what stands in each list, `criteres.py` what the reader asked, `rangees.py` what a row says;
`recherche.py` finds, `extraits.py` shows where.
"""
