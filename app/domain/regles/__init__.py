"""The law: who may do what, which state a demande is in, when an answer is due, and the errors a verb may raise.
Everything here is pure: facts come in as arguments, an answer goes out, and no row, clock or request is read.
Any other room may call it; it looks at none of them.
"""
