"""A new demande: the form as typed, what it is offered, what is missing, and its sending (product §5)."""
