"""What the platform does for itself: the worker’s heartbeat, and the rows that only live a short time.
It knows nothing of demandes.
Called by the sweeps and by the health page.
"""
