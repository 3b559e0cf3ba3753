"""Where things happen: départements, organismes, thèmes and sujets, loaded from the files the project ships.
It writes reference rows that are missing and never overwrites what administrateurs changed.
Called by the forms that let people choose, by the seed and by `migrate`.
"""
