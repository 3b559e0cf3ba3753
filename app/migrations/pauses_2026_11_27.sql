-- Every pause of a groupe, those that are over too: the delays measured leave its days out. What a pause that is
-- taken back had not begun goes; what had begun ends on the day it is taken back.
create table pauses (
    id serial primary key,
    groupe integer not null references groupes on delete cascade,
    debut_on date not null default current_date,
    reprise_on date not null default current_date
);
create unique index pauses_une on pauses (groupe, debut_on);
insert into pauses (groupe, debut_on, reprise_on)
    select id, pause_on, reprise_on from groupes where pause_on < reprise_on;

create function garder_pause() returns trigger language plpgsql as $$
declare
    ce_jour date := (now() at time zone 'Europe/Paris')::date;
begin
    if tg_op = 'UPDATE' and old.pause_on is distinct from new.pause_on then
        delete from pauses where groupe = old.id and debut_on = old.pause_on and debut_on >= ce_jour;
        update pauses set reprise_on = least(reprise_on, ce_jour) where groupe = old.id and debut_on = old.pause_on;
    end if;
    if new.pause_on < new.reprise_on then
        insert into pauses (groupe, debut_on, reprise_on) values (new.id, new.pause_on, new.reprise_on)
        on conflict (groupe, debut_on) do update set reprise_on = excluded.reprise_on;
    end if;
    return null;
end $$;
create trigger groupes_pauses after insert on groupes for each row execute function garder_pause();
create trigger groupes_pauses_encore after update of pause_on, reprise_on on groupes for each row
    when ((old.pause_on, old.reprise_on) is distinct from (new.pause_on, new.reprise_on))
    execute function garder_pause();

-- Seconds of working time between two local times, the days of a pause of the groupe left out.
create function temps_compte(le_groupe integer, le_calendrier text, debut timestamp, fin timestamp)
returns numeric language sql stable as $$
    select temps_ouvre(le_calendrier, fin) - temps_ouvre(le_calendrier, debut) - coalesce((
        select sum(temps_ouvre(le_calendrier, upper(r)) - temps_ouvre(le_calendrier, lower(r)))
        from unnest((select range_agg(tsrange(p.debut_on, p.reprise_on)) from pauses p where p.groupe = le_groupe)
            * tsmultirange(tsrange(debut, greatest(debut, fin)))) r), 0)
$$;

-- When the aidant owed, until an instant: from a visible answer that hands the ball back to their next message.
create function temps_du(la_demande bigint, le_groupe integer, jusqua timestamptz)
returns tstzmultirange language sql stable as $$
    with tours as (
        select m.sent_at, m.cote = 'aidant' as is_aidant,
            lag(m.cote = 'aidant') over (order by m.sent_at, m.id) as was_aidant
        from messages m
        where m.demande = la_demande and m.sent_at < jusqua and (
            m.cote = 'aidant' and m.nature in ('reponse', 'relance', 'information', 'reouverture')
            or m.cote = 'instructeur' and m.groupe = le_groupe and not m.is_prive
                and m.nature in ('reponse', 'traitee')))
    select range_agg(tstzrange(donne_at, rendu_at)) from (
        select sent_at as donne_at, coalesce(lead(sent_at) over (order by sent_at), jusqua) as rendu_at, is_aidant
        from tours where is_aidant is distinct from coalesce(was_aidant, true)) passages
    where not is_aidant
$$;

-- Seconds between two instants that no groupe answers for: the aidant owed, or the groupe was in pause, by the clock of
-- the usager.
create function secondes_hors_compte(la_demande bigint, le_groupe integer, debut timestamptz, jusqua timestamptz)
returns numeric language sql stable as $$
    select coalesce(sum(extract(epoch from upper(r) - lower(r))), 0) from unnest((
        coalesce(temps_du(la_demande, le_groupe, jusqua), '{}')
        + coalesce((select range_agg(tstzrange(x.debut_on::timestamp at time zone p.fuseau,
                x.reprise_on::timestamp at time zone p.fuseau))
            from pauses x join demandes d on d.numero = la_demande join departements p on p.id = d.departement
            where x.groupe = le_groupe), '{}'))
        * tstzmultirange(tstzrange(debut, greatest(debut, jusqua)))) r
$$;

create or replace function suivre(s sollicitations, est_neuve boolean) returns void language plpgsql as $$
declare
    lieu record;
    premiere timestamptz := s.solicited_at;
    reprise timestamptz;
    repondue timestamptz;
    resolue numeric;
begin
    select d.departement, d.groupe as structure, d.sujet, d.sent_at, p.fuseau, p.calendrier, g.organisme into lieu
    from demandes d join departements p on p.id = d.departement join groupes g on g.id = s.groupe
    where d.numero = s.demande;
    if not est_neuve then
        premiere := least(s.solicited_at, coalesce((select min(m.sent_at) from messages m where m.demande = s.demande
            and m.nature = 'invitation' and s.groupe = any(m.groupes_invites)), lieu.sent_at));
        select min(m.sent_at) into reprise from messages m where m.demande = s.demande and m.sent_at > premiere
            and (m.nature = 'relance' and s.groupe = any(m.groupes_invites) or m.nature = 'reouverture');
    end if;
    if s.first_answered_at < coalesce(reprise, 'infinity') then repondue := s.first_answered_at; end if;
    if s.traitee_at is not null then
        resolue := extract(epoch from s.traitee_at - premiere)
            - secondes_hors_compte(s.demande, s.groupe, premiere, s.traitee_at);
    end if;
    insert into suivis (sollicitation, demande, groupe, structure, organisme, departement, sujet, solicited_at,
        limite_at, jour, jour_paris, is_repris, reponse_at, reponse_dixiemes, is_repondu, is_procedure, traitee_at,
        jour_traitee, jour_traitee_paris, resolution_dixiemes, declinee_at, jour_declinee, jour_declinee_paris,
        closed_at)
    values (s.id, s.demande, s.groupe, lieu.structure, lieu.organisme, lieu.departement, lieu.sujet, premiere,
        limite_premiere_reponse(lieu.calendrier, lieu.fuseau, premiere),
        (premiere at time zone lieu.fuseau)::date, (premiere at time zone 'Europe/Paris')::date,
        reprise is not null, repondue,
        round(temps_compte(s.groupe, lieu.calendrier, premiere at time zone lieu.fuseau,
            repondue at time zone lieu.fuseau) / 8640),
        s.answered_at is not null, s.is_procedure, s.traitee_at,
        (s.traitee_at at time zone lieu.fuseau)::date, (s.traitee_at at time zone 'Europe/Paris')::date,
        round(resolue / 8640), s.declinee_at,
        (s.declinee_at at time zone lieu.fuseau)::date, (s.declinee_at at time zone 'Europe/Paris')::date,
        s.closed_at)
    on conflict (sollicitation) do nothing;
end $$;


create or replace function suivre_sollicitation() returns trigger language plpgsql as $$
declare
    lieu record;
    acte timestamptz;
begin
    if tg_op = 'INSERT' then
        perform suivre(new, true);
        return null;
    end if;
    if old.late_at is not null and new.late_at is distinct from old.late_at then
        acte := coalesce(greatest(
            case when new.answered_at is distinct from old.answered_at then new.answered_at end,
            case when new.declinee_at is distinct from old.declinee_at then new.declinee_at end,
            case when new.traitee_at is distinct from old.traitee_at then new.traitee_at end,
            case when new.solicited_at is distinct from old.solicited_at then new.solicited_at end,
            case when new.closed_at is distinct from old.closed_at then new.closed_at end), now());
        if old.late_at < acte then
            insert into retards (sollicitation, debut_at, fin_at) values (old.id, old.late_at, acte);
        end if;
    end if;
    if not exists (select from suivis where sollicitation = new.id) then
        perform suivre(new, false);
        return null;
    end if;
    select p.fuseau, p.calendrier into lieu from suivis s join departements p on p.id = s.departement
    where s.sollicitation = new.id;
    update suivis s set
        is_repris = s.is_repris or new.solicited_at is distinct from old.solicited_at,
        reponse_at = coalesce(s.reponse_at, case when not s.is_repris then new.first_answered_at end),
        reponse_dixiemes = coalesce(s.reponse_dixiemes, case when not s.is_repris then
            round(temps_compte(s.groupe, lieu.calendrier, s.solicited_at at time zone lieu.fuseau,
                new.first_answered_at at time zone lieu.fuseau) / 8640) end),
        is_repondu = s.is_repondu or new.answered_at is not null,
        is_procedure = new.is_procedure,
        traitee_at = new.traitee_at,
        jour_traitee = (new.traitee_at at time zone lieu.fuseau)::date,
        jour_traitee_paris = (new.traitee_at at time zone 'Europe/Paris')::date,
        -- Once the demande is erased its messages are gone: what was measured stays.
        resolution_dixiemes = case when new.traitee_at is not distinct from s.traitee_at then s.resolution_dixiemes
            else round((extract(epoch from new.traitee_at - s.solicited_at)
                - secondes_hors_compte(new.demande, new.groupe, s.solicited_at, new.traitee_at)) / 8640) end,
        declinee_at = new.declinee_at,
        jour_declinee = (new.declinee_at at time zone lieu.fuseau)::date,
        jour_declinee_paris = (new.declinee_at at time zone 'Europe/Paris')::date,
        closed_at = new.closed_at
    where s.sollicitation = new.id;
    return null;
end $$;
