"""The thread of a demande: messages, quick answers, invitations, closing, what is added about the usager.
Every act in a living demande is published here: the line, the journal and the mails in one transaction.
Called by the page of a demande, by the mandats and by the new demande.
"""
