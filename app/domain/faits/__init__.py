"""What happened: one line of the journal, the mails and the SMS it makes, the seal that protects them.
It writes in the transaction of the act it records, so that an act and its news are kept or lost together.
Called by every room that acts; it knows no demande by itself.
"""
