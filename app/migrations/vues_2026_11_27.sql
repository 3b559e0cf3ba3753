-- Whose pages an administrateur is looking at in this session, and until when.
alter table sessions
    add column vue_agent integer references agents on delete set null,
    add column vue_until timestamptz;

-- The base as it is shown then (`app/masque.py`): the schema `masque` comes first in the path of names, and its views
-- bear the names of the tables they stand for. A masked column says the same whatever was written, of the very type of
-- the column, so that a plan made for the table serves for the view. What is withheld has no row at all.
create schema if not exists masque;

-- Makes each view anew from the columns its table has now: `migrate` calls it after the last step. A step that gives a
-- column another type first drops the view. `tests/test_masque.py` asks of each column of words what becomes of it.
create function refaire_masque() returns void language plpgsql as $$
declare
    la_vue record;
begin
    for la_vue in
        with masques (nom, colonne, valeur) as (values
            ('demandes', 'titre', '''Titre masqué'''),
            ('demandes', 'description', '''Description masquée.'''),
            -- That it is urgent is a delay; why, a fact of the usager’s life.
            ('demandes', 'urgence', 'case when urgence is not null then ''autre'' end'),
            ('demandes', 'urgence_precision', ''''''),
            ('demandes', 'usager_prenom', '''Usager'''),
            ('demandes', 'usager_nom', '''masqué'''),
            ('demandes', 'usager_naissance', ''''''),
            ('demandes', 'usager_empreinte', 'null'),
            ('demandes', 'repere', ''''''),
            ('messages', 'texte', 'case when texte = '''' then '''' else ''Texte masqué.'' end'),
            ('messages', 'repere', ''''''),
            ('corrections', 'texte', '''Texte masqué.'''),
            ('procedures', 'texte', 'case when acceptee_at is null then ''Texte masqué.'' else texte end'),
            ('reponses', 'titre', '''Titre masqué'''),
            ('reponses', 'texte', '''Texte masqué.'''),
            ('mandats', 'attestation', '''Attestation masquée.'''),
            ('mandats', 'contexte_scelle', 'null'),
            ('mandats', 'revocation_motif', ''''''),
            ('satisfactions', 'commentaire', ''''''),
            ('courriels', 'contexte_scelle', 'null')
        ), vues (nom, is_vide) as (
            select distinct nom, false from masques
            union all
            select unnest(array['usager_informations', 'pieces_jointes', 'brouillons', 'sms',
                'posts_scelles', 'signalements']), true
        )
        select v.nom, v.is_vide, string_agg(
            case when m.valeur is null then quote_ident(a.attname)
                else format('(%s)::%s as %I', m.valeur, format_type(a.atttypid, a.atttypmod), a.attname) end,
            ', ' order by a.attnum) as colonnes
        from vues v
        join pg_attribute a on a.attrelid = format('public.%I', v.nom)::regclass
            and a.attnum > 0 and not a.attisdropped
        left join masques m on m.nom = v.nom and m.colonne = a.attname
        group by v.nom, v.is_vide
    loop
        execute format('create or replace view masque.%I as select %s from public.%I%s', la_vue.nom, la_vue.colonnes,
            la_vue.nom, case when la_vue.is_vide then ' where false' else '' end);
    end loop;
end $$;

select refaire_masque();
