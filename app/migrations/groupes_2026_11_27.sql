-- The settings of a groupe: when it takes no new demande, and which kinds of aidants may send it one.
alter table groupes
    add column pause_on date,
    add column reprise_on date,
    add column pause_message text not null default '',
    add column aidants_acceptes varchar(40)[] not null default '{}';

-- Until when the link of the welcome mail works; empty once the agent has signed in.
alter table agents add column invited_until timestamptz;

-- The author left: the aidants of its groupe stand in until one of them takes it up.
alter table demandes add column vacante_at timestamptz;
create index demandes_tenues on demandes (auteur) where erased_at is null and vacante_at is null;
create index demandes_vacantes on demandes (groupe) where vacante_at is not null;

-- Who is away from a groupe, and who stands in. `begun_at`: the substitute has been brought in.
create table absences (
    id bigserial primary key,
    adhesion integer not null references adhesions on delete cascade,
    debut_on date not null,
    fin_on date not null,
    remplacant integer references agents on delete cascade,
    declared_by integer not null references agents on delete restrict,
    declared_at timestamptz not null,
    begun_at timestamptz,
    constraint absences_jours check (debut_on <= fin_on)
);
create unique index absences_une on absences (adhesion);
create index absences_remplacant on absences (remplacant);
create index absences_fin_on on absences (fin_on);

-- An invitation by name lives with the membership it was made through; the one of a substitute, with the absence.
alter table invitations
    add column groupe integer references groupes on delete cascade,
    add column absence bigint references absences on delete cascade;
create index invitations_absence on invitations (absence) where absence is not null;
create index invitations_groupe on invitations (groupe) where groupe is not null;

-- The groupe through which somebody is invited by name, when the invitation does not say it: that of the demande, else
-- one they share with whoever invites, else one of their own, where they have the role.
create function groupe_d_invitation(numero bigint, invite integer, par integer, role text) returns integer
language sql stable
begin atomic
    select m.groupe
    from adhesions m left join adhesions p on p.groupe = m.groupe and p.agent = $3
    where m.agent = $2 and (m.is_instructeur or ($4 = 'collegue' and m.is_aidant))
    order by $4 = 'collegue' and m.groupe = (select d.groupe from demandes d where d.numero = $1) desc, p.id is null,
        $4 = 'collegue' and m.is_aidant desc, m.id
    limit 1;
end;

update invitations set groupe = groupe_d_invitation(demande, agent, invited_by, qualite) where qualite <> 'expert';

-- The version still running does not name it.
create function invitations_groupe() returns trigger language plpgsql as $$
begin
    new.groupe := groupe_d_invitation(new.demande, new.agent, new.invited_by, new.qualite);
    return new;
end $$;
create trigger invitations_groupe before insert on invitations
    for each row when (new.groupe is null and new.qualite <> 'expert') execute function invitations_groupe();

-- --- Who stands where (acces_2026_11_27.sql) ---

-- Twin of permissions.is_on_aidant_side: the author; the colleagues, as long as they work in the groupe they were invited
-- through; the aidants of the groupe while nobody has taken up what its author left.
create or replace view cote_aidant as
select numero as demande, auteur as agent, closed_at, erased_at from demandes where vacante_at is null
union all
select i.demande, i.agent, d.closed_at, d.erased_at
from invitations i join demandes d on d.numero = i.demande
where i.qualite = 'collegue'
    and exists (select from adhesions_vivantes m
        where m.agent = i.agent and m.groupe = i.groupe and (m.is_aidant or m.is_instructeur))
union all
select d.numero, m.agent, d.closed_at, d.erased_at
from demandes d join adhesions_vivantes m on m.groupe = d.groupe and m.is_aidant
where d.vacante_at is not null;

-- Twin of permissions.is_instructeur: the members of a groupe asked, and who was called by name (no `groupe`) as long
-- as they instruct in the groupe they were called through. One line per way in; `is_ouverte` as before.
create or replace view cote_instructeur as
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
    and exists (select from adhesions_vivantes m
        where m.agent = i.agent and m.groupe = i.groupe and m.is_instructeur);

-- Who stands in for whom, in which groupe, while it lasts.
create view remplacements as
select m.agent, m.groupe, b.remplacant, b.id as absence
from absences b join adhesions m on m.id = b.adhesion
where b.begun_at is not null and b.remplacant is not null;
