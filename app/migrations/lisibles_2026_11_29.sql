-- What a groupe was ever asked grows for years, and what may still be read of it does not: what was erased is left out by
-- an index. Each page counts what is new in the rest, and a search reads it. What was erased before this step, and the
-- index, come with the next one (lisibles_index_2026_11_29.sql), so that no writer waits for them.
alter table sollicitations add column erased_at timestamptz;

-- The demande’s own date, repeated whoever writes it: a version still running knows nothing of it.
create function repeter_effacement() returns trigger language plpgsql as $$
begin
    update sollicitations set erased_at = new.erased_at where demande = new.numero;
    return null;
end $$;
create trigger demandes_effacees after update of erased_at on demandes
    for each row when (new.erased_at is distinct from old.erased_at) execute function repeter_effacement();

-- The views of access (acces_2026_11_27.sql, groupes_2026_11_27.sql) say it at their end; the rest is as it was.
create or replace view cote_instructeur as
select s.demande, m.agent, s.groupe, s.closed_at, is_part_ouverte(s.traitee_at, s.declinee_at) as is_ouverte, s.erased_at
from sollicitations s join adhesions_vivantes m on m.groupe = s.groupe and m.is_instructeur
union all
select i.demande, i.agent, null, d.closed_at,
    exists (select from sollicitations s
        where s.demande = i.demande and is_part_ouverte(s.traitee_at, s.declinee_at))
    and not exists (select from sollicitations s join adhesions_vivantes m on m.groupe = s.groupe and m.is_instructeur
        where s.demande = i.demande and m.agent = i.agent), d.erased_at
from invitations i join demandes d on d.numero = i.demande
where i.qualite = 'instructeur'
    and exists (select from adhesions_vivantes m
        where m.agent = i.agent and m.groupe = i.groupe and m.is_instructeur);

create or replace view cote_expert as
select i.demande, i.agent, d.closed_at, d.erased_at
from invitations i
join demandes d on d.numero = i.demande and d.closed_at is null
join agents a on a.id = i.agent and a.is_expert
where i.qualite = 'expert';

create or replace view cote_responsable as
select s.demande, m.agent, m.groupe, s.erased_at
from sollicitations s join adhesions_vivantes m on m.groupe = s.groupe and m.is_responsable
union all
select d.numero, m.agent, m.groupe, d.erased_at
from demandes d join adhesions_vivantes m on m.groupe = d.groupe and m.is_responsable;

create or replace view positions as
select demande, agent, 'aidant' as cote, null::integer as groupe, closed_at, erased_at from cote_aidant
union all
select demande, agent, 'instructeur', groupe, closed_at, erased_at from cote_instructeur
union all
select demande, agent, 'expert', null, closed_at, erased_at from cote_expert;

create or replace view places as
select demande, agent, closed_at,
    case when bool_or(cote = 'aidant') then 'aidant' when bool_or(cote = 'instructeur') then 'instructeur'
        else 'expert' end as cote,
    bool_or(cote = 'instructeur') as is_instructeur,
    bool_or(cote = 'expert') as is_expert,
    not bool_or(cote = 'aidant') as lit_prives,
    array_agg(groupe) filter (where groupe is not null) as groupes,
    erased_at
from positions
group by demande, agent, closed_at, erased_at;

-- As in places_2026_11_28.sql, but that what was erased is not looked up.
create or replace function places_remuees(agent integer, depuis timestamptz)
returns table (demande bigint, cote text, lit_prives boolean, auteur integer, sent_at timestamptz, last_prive_at timestamptz,
    last_public_at timestamptz)
language sql stable parallel safe
begin atomic
    select d.numero,
        case when bool_or(p.cote = 'aidant') then 'aidant' when bool_or(p.cote = 'instructeur') then 'instructeur'
            else 'expert' end,
        not bool_or(p.cote = 'aidant'), d.auteur, d.sent_at, d.last_prive_at, d.last_public_at
    from positions p
    join demandes d on d.numero = p.demande and d.last_prive_at > $2
    where p.agent = $1 and p.erased_at is null
    group by d.numero;
end;

-- As in neuf_2026_11_28.sql, but that a reading is looked up for each demande that moved: joined at once, whatever an agent
-- read in all these years would be put together first.
create or replace function nouveautes(agent integer, depuis timestamptz)
returns table (numero bigint, cote text, lit_prives boolean, lu_at timestamptz, vu_at timestamptz, activite_at timestamptz)
language sql stable parallel safe
begin atomic
    select x.demande, x.cote, x.lit_prives, v.lu_at, v.vu_at, v.activite_at
    from places_remuees($1, $2) x
    join agents a on a.id = $1
    left join lateral (
        select * from lectures where lectures.demande = x.demande and lectures.agent = $1 offset 0
    ) l on true
    cross join lateral (select lu_jusqu_a(l.last_at, l.non_lue_at, x.sent_at) as lu_at,
        case when l.marquee_at > coalesce(a.neuf_vu_at, '-infinity') then greatest(l.non_lue_at, $2)
            else greatest(l.last_at, a.neuf_vu_at, $2) end as vu_at,
        case when x.lit_prives then x.last_prive_at else x.last_public_at end as activite_at) v
    where v.activite_at > v.vu_at and (
        (v.lu_at is null and x.auteur <> $1 and x.sent_at > v.vu_at)
        or exists (select from messages m where m.demande = x.demande and m.sent_at > v.vu_at
            and m.auteur is distinct from $1 and (not m.is_prive or x.lit_prives) and est_un_message(m.nature)));
end;
