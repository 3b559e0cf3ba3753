"""One demande as a visit learns it: its facts, its parts, who stands where, who reads, who is told, with which voice.
Loading is authorising: who may not know a demande does not get it.
Called by the rooms that act on a demande and by the lists.
"""
