"""What goes when, what remains, and the proof that it went: retention, demandes nobody ends, restored bases.
It erases through the rooms that hold the rows, and keeps numbers only.
Called by the sweeps, by the `forget` command, by the page of a demande and by the administration.
"""
