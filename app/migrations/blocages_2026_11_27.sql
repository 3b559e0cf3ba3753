-- An agent and a blocage that lasts: those who answer for a groupe it is about, its responsables, the pilotes of the
-- place, the administrateurs.
create view blocages_dits as
    select b.id as blocage, m.agent
    from blocages b
    join groupes g on g.organisme = b.organisme and g.deactivated_at is null
    join adhesions m on m.groupe = g.id and (m.is_instructeur or m.is_responsable)
    where b.ended_at is null and (b.departement = 0 or exists (
        select from couvertures c where c.groupe = g.id and c.departement = b.departement))
    union
    select b.id, p.agent from blocages b
    join perimetres p on (p.organisme is null or p.organisme = b.organisme)
        and (p.departement is null or p.departement = b.departement)
    where b.ended_at is null
    union
    select b.id, a.id from blocages b join agents a on a.is_administrateur where b.ended_at is null;
