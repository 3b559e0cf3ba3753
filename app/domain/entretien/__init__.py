"""What the platform does for itself: the worker’s heartbeat, and how long things are kept.
It knows nothing of demandes.
Called by the sweeps and by the health page.
"""
