create index usager_informations_empreinte on usager_informations (empreinte) where empreinte is not null;

-- As far as SQL can follow `mots.folding.fold`: for names of groupes and agents, which have no folded column.
create function plier(texte text) returns text
language sql immutable parallel safe
return replace(replace(
    translate(lower(texte), 'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’‘´`′ʼʻ', 'aaaaaaceeeeiiiinooooouuuuyy' || repeat('''', 7)),
    'œ', 'oe'), 'æ', 'ae');
