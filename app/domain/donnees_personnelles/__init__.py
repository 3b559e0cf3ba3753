"""What gives a person away in a text: numbers, dates of birth, names.
Everything here is pure; the title of a demande is refused and its description gets a gentle note from what is found.
Called by the forms that people write in.
"""
