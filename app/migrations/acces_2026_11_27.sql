-- The SQL twin of the law (regles/permissions.py, statuts.py): every list, count, search and mail reads it here.
-- tests/domain/demandes/test_acces_sql.py holds both equal for the whole cast.
--
-- PostgreSQL inlines these views and functions into the text that names them. They must stay so: one SELECT, no
-- `strict`, no `security definer`. Each branch starts from an index of one agent, or of one demande: say
-- `where agent = …` or `where demande = …`, otherwise the whole base is read.

-- --- Memberships ---

-- A membership gives rights while its groupe lives, whether or not the agent may still sign in.
create view adhesions_vivantes as
select m.agent, m.groupe, m.is_aidant, m.is_instructeur, m.is_responsable
from adhesions m join groupes g on g.id = m.groupe
where g.deactivated_at is null;

-- Who really works in a groupe today.
create view membres_actifs as
select m.agent, m.groupe, m.is_aidant, m.is_instructeur, m.is_responsable
from adhesions_vivantes m join agents a on a.id = m.agent
where a.deactivated_at is null;

-- --- Parts ---

-- Twin of statuts.is_open: neither traitée nor declined.
create function is_part_ouverte(traitee_at timestamptz, declinee_at timestamptz) returns boolean
language sql immutable parallel safe
return traitee_at is null and declinee_at is null;

-- Twin of statuts.tour_part: who must play on one part of a demande that is not closed.
create function tour_part(
    traitee_at timestamptz, declinee_at timestamptz, replied_at timestamptz, last_aidant_at timestamptz
) returns text
language sql immutable parallel safe
return case
    when traitee_at is not null or declinee_at is not null then 'personne'
    when replied_at > last_aidant_at then 'aidant'
    else 'instructeur' end;

-- What the parts of one demande say together; with `groupes`, only the parts of these. `tour` is the twin of
-- statuts.tour for a demande that is not closed, `is_traitee` of statuts.is_traitee. `pris_par` holds who took each part
-- in charge, null where nobody did.
create function bilan_parts(numero bigint, last_aidant_at timestamptz, groupes integer[])
returns table (
    is_ouverte boolean, is_traitee boolean, tour text, late_at timestamptz, solicited_at timestamptz, pris_par integer[]
)
language sql stable parallel safe
begin atomic
    select coalesce(bool_or(is_part_ouverte(s.traitee_at, s.declinee_at)), false),
        coalesce(bool_and(s.traitee_at is not null) filter (where s.declinee_at is null), false),
        case when bool_or(tour_part(s.traitee_at, s.declinee_at, s.replied_at, $2) = 'instructeur')
            then 'instructeur' else 'aidant' end,
        min(s.late_at), max(s.solicited_at), array_agg(s.taken_by)
    from sollicitations s
    where s.demande = $1 and ($3 is null or s.groupe = any ($3));
end;

-- --- Who stands where ---

-- Twin of permissions.is_on_aidant_side: the author, and the colleagues they invited.
create view cote_aidant as
select numero as demande, auteur as agent, closed_at, erased_at from demandes
union all
select i.demande, i.agent, d.closed_at, d.erased_at
from invitations i join demandes d on d.numero = i.demande
where i.qualite = 'collegue';

-- Twin of permissions.is_instructeur: the members of a groupe asked, and who was called by name (no `groupe`) as long
-- as they instruct somewhere. One line per way in. `is_ouverte`: a part they are judged on is open; who has parts of
-- their own is judged on these, who was only called by name on all of them.
create view cote_instructeur as
select s.demande, m.agent, s.groupe, s.closed_at, is_part_ouverte(s.traitee_at, s.declinee_at) as is_ouverte
from sollicitations s join adhesions_vivantes m on m.groupe = s.groupe and m.is_instructeur
union all
select i.demande, i.agent, null, d.closed_at,
    exists (select from sollicitations s
        where s.demande = i.demande and is_part_ouverte(s.traitee_at, s.declinee_at))
    and not exists (select from sollicitations s join adhesions_vivantes m on m.groupe = s.groupe and m.is_instructeur
        where s.demande = i.demande and m.agent = i.agent)
from invitations i join demandes d on d.numero = i.demande
where i.qualite = 'instructeur'
    and exists (select from adhesions_vivantes m where m.agent = i.agent and m.is_instructeur);

-- Twin of permissions.is_expert: invited, still an expert, while it is open.
create view cote_expert as
select i.demande, i.agent, d.closed_at
from invitations i
join demandes d on d.numero = i.demande and d.closed_at is null
join agents a on a.id = i.agent and a.is_expert
where i.qualite = 'expert';

-- Twin of permissions.is_responsable: of a groupe asked, or of the author's.
create view cote_responsable as
select s.demande, m.agent, m.groupe
from sollicitations s join adhesions_vivantes m on m.groupe = s.groupe and m.is_responsable
union all
select d.numero, m.agent, m.groupe
from demandes d join adhesions_vivantes m on m.groupe = d.groupe and m.is_responsable;

-- Twin of permissions.takes_part, one line per way in. `groupe` is the groupe asked that lets an instructeur in.
create view positions as
select demande, agent, 'aidant' as cote, null::integer as groupe, closed_at from cote_aidant
union all
select demande, agent, 'instructeur', groupe, closed_at from cote_instructeur
union all
select demande, agent, 'expert', null, closed_at from cote_expert;

-- The same, one line per agent and demande. `cote` is the side they speak from (the aidant side wins), `groupes` those
-- they answer for (null when they were only called by name), `lit_prives` the twin of permissions.can_read_prives.
create view places as
select demande, agent, closed_at,
    case when bool_or(cote = 'aidant') then 'aidant' when bool_or(cote = 'instructeur') then 'instructeur'
        else 'expert' end as cote,
    bool_or(cote = 'instructeur') as is_instructeur,
    bool_or(cote = 'expert') as is_expert,
    not bool_or(cote = 'aidant') as lit_prives,
    array_agg(groupe) filter (where groupe is not null) as groupes
from positions
group by demande, agent, closed_at;

-- Twin of permissions.can_read_demande: the numbers of what this agent may read.
create function visible_demandes(agent integer) returns table (numero bigint)
language sql stable parallel safe
begin atomic
    select distinct p.demande from positions p where p.agent = $1;
end;

-- Twin of permissions.can_know_demande: the numbers of what this agent may see the metadata of.
create function knowable_demandes(agent integer) returns table (numero bigint)
language sql stable parallel safe
begin atomic
    select p.demande from positions p where p.agent = $1
    union
    select r.demande from cote_responsable r where r.agent = $1
    union
    select d.numero from demandes d where exists (select from agents a where a.id = $1 and a.is_administrateur);
end;

-- --- Mandats ---

-- A mandat lasts one year: until the end of the anniversary, where the demande stands.
create function fin_du_mandat(donne_on date, fuseau text) returns timestamptz
language sql stable parallel safe
return (donne_on + interval '1 year 1 day')::timestamp at time zone fuseau;
