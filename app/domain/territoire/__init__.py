"""Where things happen: départements, organismes, thèmes and sujets, loaded from the files the project ships.
It writes reference rows that are missing, and the content an administrateur publishes over all of them; nothing else.
Called by the forms that let people choose, by the seed and by `migrate`.
"""
