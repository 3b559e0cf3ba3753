-- A demande marked unread again: read up to `non_lue_at` only, since `marquee_at`. When they came is kept as it was.
alter table lectures
    add column non_lue_at timestamptz,
    add column marquee_at timestamptz;

-- Up to when an agent has read a demande; null when it is as if they had never opened it.
create function lu_jusqu_a(last_at timestamptz, non_lue_at timestamptz, sent_at timestamptz) returns timestamptz
language sql immutable parallel safe
return case when $2 < $3 then null else coalesce($2, $1) end;

-- « Tout marquer comme vu » covers what was marked unread before it, and not what is marked since.
create or replace function nouveautes(agent integer, depuis timestamptz)
returns table (numero bigint, cote text, lit_prives boolean, lu_at timestamptz, vu_at timestamptz, activite_at timestamptz)
language sql stable parallel safe
begin atomic
    select d.numero, x.cote, x.lit_prives, v.lu_at, v.vu_at, v.activite_at
    from places x
    join demandes d on d.numero = x.demande and d.erased_at is null and d.last_prive_at > $2
    join agents a on a.id = x.agent
    left join lectures l on l.demande = d.numero and l.agent = x.agent
    cross join lateral (select lu_jusqu_a(l.last_at, l.non_lue_at, d.sent_at) as lu_at,
        case when l.marquee_at > coalesce(a.neuf_vu_at, '-infinity') then greatest(l.non_lue_at, $2)
            else greatest(l.last_at, a.neuf_vu_at, $2) end as vu_at,
        case when x.lit_prives then d.last_prive_at else d.last_public_at end as activite_at) v
    where x.agent = $1 and v.activite_at > v.vu_at and (
        (v.lu_at is null and d.auteur <> x.agent and d.sent_at > v.vu_at)
        or exists (select from messages m where m.demande = d.numero and m.sent_at > v.vu_at
            and m.auteur is distinct from x.agent and (not m.is_prive or x.lit_prives) and est_un_message(m.nature)));
end;

-- Who chose to be told of everything in a demande, or of nothing more; who chose nothing is told as their place says.
create table abonnements (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    agent integer not null references agents on delete cascade,
    is_suivie boolean not null default true,
    chosen_at timestamptz not null default current_timestamp
);
create unique index abonnements_un on abonnements (demande, agent);
create index abonnements_agent on abonnements (agent);

-- « Me le rappeler le… »: one per agent and demande, known to them alone.
create table memos (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    agent integer not null references agents on delete cascade,
    due_at timestamptz not null default current_timestamp,
    created_at timestamptz not null default current_timestamp,
    told_at timestamptz
);
create unique index memos_un on memos (demande, agent);
create index memos_agent on memos (agent);
create index memos_dus on memos (due_at) where told_at is null;

-- Whether somebody of another side really answered since: neither « Je m’en occupe », nor a decline, nor the platform.
create function a_une_reponse(demande bigint, agent integer, depuis timestamptz) returns boolean
language sql stable parallel safe
return exists (select from messages m
    where m.demande = $1 and m.sent_at > $3 and not m.is_prive and m.nature in ('reponse', 'traitee', 'relance')
        and m.auteur is distinct from $2
        and m.cote is distinct from (select x.cote from places x where x.demande = $1 and x.agent = $2));
