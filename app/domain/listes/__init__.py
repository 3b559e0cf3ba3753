"""Many demandes at once: boxes, tabs, counts, search, and the menu that counts them.
A list shows and counts what its page would show, never more.
Called by the pages that list and by the menu of every page.
"""
