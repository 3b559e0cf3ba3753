-- What is new is looked for among the demandes that moved. What it says is what it said (suivi_2026_11_27.sql).
create or replace function nouveautes(agent integer, depuis timestamptz)
returns table (numero bigint, cote text, lit_prives boolean, lu_at timestamptz, vu_at timestamptz, activite_at timestamptz)
language sql stable parallel safe
begin atomic
    select x.demande, x.cote, x.lit_prives, v.lu_at, v.vu_at, v.activite_at
    from places_remuees($1, $2) x
    join agents a on a.id = $1
    left join lectures l on l.demande = x.demande and l.agent = $1
    cross join lateral (select lu_jusqu_a(l.last_at, l.non_lue_at, x.sent_at) as lu_at,
        case when l.marquee_at > coalesce(a.neuf_vu_at, '-infinity') then greatest(l.non_lue_at, $2)
            else greatest(l.last_at, a.neuf_vu_at, $2) end as vu_at,
        case when x.lit_prives then x.last_prive_at else x.last_public_at end as activite_at) v
    where v.activite_at > v.vu_at and (
        (v.lu_at is null and x.auteur <> $1 and x.sent_at > v.vu_at)
        or exists (select from messages m where m.demande = x.demande and m.sent_at > v.vu_at
            and m.auteur is distinct from $1 and (not m.is_prive or x.lit_prives) and est_un_message(m.nature)));
end;
