"""The life of a team: its members and their roles, accounts created and closed, absences, pauses, settings.
Who leaves is never just forgotten: what they held is handed on first, in the same transaction.
Called by the pages of groupes, by whoever takes up a demande, and by the sweep that begins and ends absences.
"""
