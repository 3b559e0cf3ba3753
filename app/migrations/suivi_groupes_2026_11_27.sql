-- Twin of permissions.can_list_demandes: the demandes of a groupe that were asked since an instant, for a responsable
-- of that groupe and for administrateurs; nothing for anybody else. `is_recue`: the groupe was asked, and is judged on
-- its own part; otherwise it only sent the demande. It stays inlined, like the views of acces_2026_11_27.sql.
create function listable_demandes(agent integer, groupe integer, depuis timestamptz)
returns table (demande bigint, is_recue boolean)
language sql stable parallel safe
begin atomic
    select s.demande, true
    from sollicitations s
    where s.groupe = $2 and s.solicited_at >= $3
        and (exists (select from adhesions_vivantes m where m.agent = $1 and m.groupe = $2 and m.is_responsable)
            or exists (select from agents a where a.id = $1 and a.is_administrateur))
    union all
    select d.numero, false
    from demandes d
    where d.groupe = $2 and d.sent_at >= $3
        and not exists (select from sollicitations s where s.demande = d.numero and s.groupe = $2)
        and (exists (select from adhesions_vivantes m where m.agent = $1 and m.groupe = $2 and m.is_responsable)
            or exists (select from agents a where a.id = $1 and a.is_administrateur));
end;
