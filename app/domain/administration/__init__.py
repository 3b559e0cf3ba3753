"""What the A+ team does for the platform: the first account, agents and their qualités, groupes made and closed, the
journal, imports, information bands and maintenances, versions of the referentiel and of the conditions, procédures
standard, and what needs attention. Nothing of the content of a demande is read here.
Called by the pages of /administration, by the commands, and by every visit, which says what is announced.
"""
