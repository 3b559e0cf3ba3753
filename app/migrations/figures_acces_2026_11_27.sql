-- These views joined adhesions, groupes and agents again and said by themselves who works where today. They now start
-- from the views of acces_2026_11_27.sql, so that a change of the rule reaches figures too.

create or replace view figure_agents_actifs as
    select m.agent, a.last_seen_at, m.groupe, g.organisme, m.is_aidant, m.is_instructeur, m.is_responsable
    from membres_actifs m join agents a on a.id = m.agent join groupes g on g.id = m.groupe
    where a.last_seen_at is not null;

create or replace view figure_couverture as
    select c.departement, g.organisme, g.id as groupe, m.agent, a.last_seen_at, g.pause_on, g.reprise_on
    from membres_actifs m join groupes g on g.id = m.groupe join couvertures c on c.groupe = g.id
    join agents a on a.id = m.agent
    where m.is_instructeur;

-- An agent and a blocage that lasts: those who answer for a groupe it is about, its responsables, the pilotes of the
-- place, the administrateurs.
create or replace view blocages_dits as
    select b.id as blocage, m.agent
    from blocages b
    join groupes g on g.organisme = b.organisme
    join adhesions_vivantes m on m.groupe = g.id and (m.is_instructeur or m.is_responsable)
    where b.ended_at is null and (b.departement = 0 or exists (
        select from couvertures c where c.groupe = g.id and c.departement = b.departement))
    union
    select b.id, p.agent from blocages b
    join perimetres p on (p.organisme is null or p.organisme = b.organisme)
        and (p.departement is null or p.departement = b.departement)
    where b.ended_at is null
    union
    select b.id, a.id from blocages b join agents a on a.is_administrateur where b.ended_at is null;
