"""Conversations with the A+ team: anybody writes, signed in or not, and it answers in the application and by mail.
It holds the hours the team keeps, what bounds who writes without an account, and no word of a demande.
Called by the pages of the help and by those of the administration.
"""
