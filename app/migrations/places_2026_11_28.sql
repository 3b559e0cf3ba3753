-- The `places` of one agent on the demandes that moved since an instant, and what a list of news reads of these. It says
-- what `places` says: but that view puts every demande an agent ever had together before one may leave any out.
create function places_remuees(agent integer, depuis timestamptz)
returns table (demande bigint, cote text, lit_prives boolean, auteur integer, sent_at timestamptz, last_prive_at timestamptz,
    last_public_at timestamptz)
language sql stable parallel safe
begin atomic
    select d.numero,
        case when bool_or(p.cote = 'aidant') then 'aidant' when bool_or(p.cote = 'instructeur') then 'instructeur'
            else 'expert' end,
        not bool_or(p.cote = 'aidant'), d.auteur, d.sent_at, d.last_prive_at, d.last_public_at
    from positions p
    join demandes d on d.numero = p.demande and d.erased_at is null and d.last_prive_at > $2
    where p.agent = $1
    group by d.numero;
end;
