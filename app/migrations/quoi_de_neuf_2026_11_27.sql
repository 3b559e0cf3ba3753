alter table agents add column neuf_vu_at timestamptz;

-- What the clock says of a delay is a line of the thread, and no message: it counts nowhere as something to read.
create function est_un_message(nature text) returns boolean
language sql immutable parallel safe
return nature not in ('souffrance', 'responsables', 'experts');

-- The demandes where something this agent may read happened since they last opened it, or last saw everything; nothing
-- older than `depuis`. `vu_at` is that instant. Their own acts are no news.
create function nouveautes(agent integer, depuis timestamptz)
returns table (numero bigint, cote text, lit_prives boolean, lu_at timestamptz, vu_at timestamptz, activite_at timestamptz)
language sql stable parallel safe
begin atomic
    select d.numero, x.cote, x.lit_prives, l.last_at, v.vu_at, v.activite_at
    from places x
    join demandes d on d.numero = x.demande and d.erased_at is null and d.last_prive_at > $2
    join agents a on a.id = x.agent
    left join lectures l on l.demande = d.numero and l.agent = x.agent
    cross join lateral (select greatest(l.last_at, a.neuf_vu_at, $2) as vu_at,
        case when x.lit_prives then d.last_prive_at else d.last_public_at end as activite_at) v
    where x.agent = $1 and v.activite_at > v.vu_at and (
        (l.id is null and d.auteur <> x.agent and d.sent_at > v.vu_at)
        or exists (select from messages m where m.demande = d.numero and m.sent_at > v.vu_at
            and m.auteur is distinct from x.agent and (not m.is_prive or x.lit_prives) and est_un_message(m.nature)));
end;
