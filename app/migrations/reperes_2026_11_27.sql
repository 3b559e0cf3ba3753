-- Words are folded in Python, so a sweep does it (domain/demandes/reperes.py). A demande that the former version writes
-- is marked by the default, and folded again.
alter table demandes add column is_repere_entier boolean not null default false;
create index demandes_a_reperer on demandes (numero) where not is_repere_entier and erased_at is null;

-- The names of groupes and agents, which have no folded column, meet what was typed (`mots.folding.fold`) for every letter,
-- apostrophe, dash and space that French people write in names; a test holds both equal on them.
create or replace function plier(texte text) returns text
language sql immutable parallel safe
return replace(replace(replace(translate(lower(texte),
    'àâäáãåāçćčéèêëēėęíìîïīıñńňóòôöõøōőúùûüūűýÿžźżšśłđðďğřť’‘‛´`′ʹʻʼʽˈˊˋ＇ꞌ‐‑‒–—−  ',
    'aaaaaaaccceeeeeeeiiiiiinnnoooooooouuuuuuyyzzzssldddgrt''''''''''''''''''''''''''''''------  '),
    'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss');
