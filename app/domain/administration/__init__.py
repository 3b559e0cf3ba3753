"""What the A+ team does for the platform: the first account, agents and their qualités, groupes made and closed, the
journal, imports, and what needs attention. Nothing of the content of a demande is read here.
Called by the pages of /administration and by the commands.
"""
