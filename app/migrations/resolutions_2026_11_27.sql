-- Tenths of a working day from the asking to « traitée », without those the aidant owed: what `resolution_dixiemes` is in
-- days of the calendar. It is written beside it, by whichever version of the code is running.
alter table suivis add column resolution_ouvre_dixiemes integer;

-- `secondes_dues` (figures_2026_11_27.sql) in working time, by the calendar of a département.
create function secondes_dues_ouvrees(
    la_demande bigint, le_groupe integer, jusqua timestamptz, le_calendrier text, le_fuseau text
) returns numeric language sql stable as $$
    with tours as (
        select m.sent_at, m.cote = 'aidant' as is_aidant,
            lag(m.cote = 'aidant') over (order by m.sent_at, m.id) as was_aidant
        from messages m
        where m.demande = la_demande and m.sent_at < jusqua and (
            m.cote = 'aidant' and m.nature in ('reponse', 'relance', 'information', 'reouverture')
            or m.cote = 'instructeur' and m.groupe = le_groupe and not m.is_prive
                and m.nature in ('reponse', 'traitee')))
    select coalesce(sum(temps_ouvre(le_calendrier, rendu_at at time zone le_fuseau)
        - temps_ouvre(le_calendrier, donne_at at time zone le_fuseau)), 0) from (
        select sent_at as donne_at, coalesce(lead(sent_at) over (order by sent_at), jusqua) as rendu_at, is_aidant
        from tours where is_aidant is distinct from coalesce(was_aidant, true)) passages
    where not is_aidant
$$;

create function mesurer_resolution() returns trigger language plpgsql as $$
declare
    lieu record;
begin
    if new.traitee_at is null then
        new.resolution_ouvre_dixiemes := null;
    elsif tg_op = 'INSERT' or new.traitee_at is distinct from old.traitee_at then
        select p.fuseau, p.calendrier into lieu from departements p where p.id = new.departement;
        new.resolution_ouvre_dixiemes := round((
            temps_ouvre(lieu.calendrier, new.traitee_at at time zone lieu.fuseau)
            - temps_ouvre(lieu.calendrier, new.solicited_at at time zone lieu.fuseau)
            - secondes_dues_ouvrees(new.demande, new.groupe, new.traitee_at, lieu.calendrier, lieu.fuseau)) / 8640);
    end if;
    return new;
end $$;
create trigger suivis_resolus before insert or update of traitee_at on suivis
    for each row execute function mesurer_resolution();

-- What was resolved before this step, as long as its messages tell it.
update suivis s set resolution_ouvre_dixiemes = round((
    temps_ouvre(p.calendrier, s.traitee_at at time zone p.fuseau)
    - temps_ouvre(p.calendrier, s.solicited_at at time zone p.fuseau)
    - secondes_dues_ouvrees(s.demande, s.groupe, s.traitee_at, p.calendrier, p.fuseau)) / 8640)
from departements p, demandes d
where p.id = s.departement and d.numero = s.demande and s.traitee_at is not null and d.erased_at is null;
