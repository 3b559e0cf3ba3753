"""Words and numbers as people type and read them: folding, dates in French, identifiers, telephones.
Everything here is pure, so that a rule about words can be tested without a base.
Any other room may call it; it looks at none of them but the law.
"""
