"""A new demande: the form as typed, what it is offered, what is missing, and its sending (product §5).
It is composed from the form and from what the base knows, then checked, shown again, and sent once.
Called by the page of the new demande, by drafts and by an SMS consent that lets one leave.
"""
