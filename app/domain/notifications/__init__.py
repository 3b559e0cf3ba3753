"""Telling people: how fast each wants to know of each kind of event, and when the mails that wait leave.
Acts write their mails in the outbox (`faits.courriels`) and know nothing of hours; this room lets them leave, grouped.
Called by the sweep of the mails, by the pages where agents choose, and by nobody below.
"""
