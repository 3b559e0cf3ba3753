-- What figures are made of. Triggers write these facts, so that the version still running writes them too, and so
-- that no act can forget them. What was there before is measured by a sweep, a few rows at a time.

create table jours_feries (
    id serial primary key,
    calendrier varchar(8) not null default '',
    jour date not null default current_date,
    rang integer not null default 0
);
create unique index jours_feries_un on jours_feries (calendrier, jour) include (rang);

create table suivis (
    sollicitation bigint primary key references sollicitations on delete cascade,
    demande bigint not null,
    groupe integer not null default 0,
    structure integer not null default 0,
    organisme integer not null default 0,
    departement integer not null default 0,
    sujet integer,
    solicited_at timestamptz not null default current_timestamp,
    limite_at timestamptz not null default current_timestamp,
    jour date not null default current_date,
    jour_paris date not null default current_date,
    is_repris boolean not null default false,
    reponse_at timestamptz,
    reponse_dixiemes integer,
    is_repondu boolean not null default false,
    is_procedure boolean not null default false,
    traitee_at timestamptz,
    jour_traitee date,
    jour_traitee_paris date,
    resolution_dixiemes integer,
    declinee_at timestamptz,
    jour_declinee date,
    jour_declinee_paris date,
    closed_at timestamptz
);
create index suivis_demande on suivis (demande);
create index suivis_groupe on suivis (groupe, jour);
create index suivis_structure on suivis (structure, jour);
create index suivis_cellule on suivis (organisme, departement, jour);
create index suivis_cellule_traitee on suivis (organisme, departement, jour_traitee) where traitee_at is not null;
create index suivis_cellule_declinee on suivis (organisme, departement, jour_declinee) where declinee_at is not null;
-- Parts that may still be answered in time: a few days of work, however old the base is.
create index suivis_attendus on suivis (limite_at) where reponse_at is null;
create index suivis_recents on suivis (solicited_at);

create table suivis_demandes (
    demande bigint primary key references demandes on delete cascade,
    structure integer not null default 0,
    departement integer not null default 0,
    jour date not null default current_date,
    jour_paris date not null default current_date,
    jour_cloture date,
    jour_cloture_paris date,
    cloture_dixiemes integer,
    is_plateforme boolean not null default false
);
create index suivis_demandes_structure on suivis_demandes (structure, jour);
create index suivis_demandes_cellule on suivis_demandes (departement, jour);
create index suivis_demandes_cloture on suivis_demandes (departement, jour_cloture) where jour_cloture is not null;

create table reprises (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    groupe integer not null default 0,
    organisme integer not null default 0,
    departement integer not null default 0,
    structure integer not null default 0,
    at timestamptz not null default current_timestamp,
    jour date not null default current_date,
    jour_paris date not null default current_date
);
create unique index reprises_une on reprises (demande, groupe, at);
create index reprises_demande on reprises (demande);
create index reprises_groupe on reprises (groupe, jour);
create index reprises_structure on reprises (structure, jour);
create index reprises_cellule on reprises (organisme, departement, jour);

create table retards (
    id bigserial primary key,
    sollicitation bigint not null references sollicitations on delete cascade,
    debut_at timestamptz not null default current_timestamp,
    fin_at timestamptz not null default current_timestamp
);
create index retards_sollicitation on retards (sollicitation);
create index retards_temps on retards (fin_at, debut_at);

create table souffrances (
    id bigserial primary key,
    jour date not null default current_date,
    groupe integer not null default 0,
    organisme integer not null default 0,
    departement integer not null default 0,
    nombre integer not null default 0
);
create unique index souffrances_une on souffrances (jour, groupe, departement);
create index souffrances_groupe on souffrances (groupe, jour);

create table jours_comptes (
    id serial primary key,
    fuseau varchar(40) not null default '',
    jour date not null default current_date
);
create unique index jours_comptes_un on jours_comptes (fuseau, jour);

create table cumuls_jours (
    id bigserial primary key,
    is_paris boolean not null default false,
    mois date not null default current_date,
    jour date not null default current_date,
    organisme integer not null default 0,
    departement integer not null default 0,
    envoyees integer not null default 0,
    recues integer not null default 0,
    nouvelles integer not null default 0,
    en_cours integer not null default 0,
    traitees integer not null default 0,
    declinees integer not null default 0,
    sans_suite integer not null default 0,
    repondues integer not null default 0,
    dans_delai integer not null default 0,
    procedures integer not null default 0,
    resolues integer not null default 0,
    declins integer not null default 0,
    relances integer not null default 0,
    reouvertures integer not null default 0,
    clotures integer not null default 0,
    plateforme integer not null default 0
);
create unique index cumuls_jours_un on cumuls_jours (organisme, departement, mois, is_paris, jour);
create index cumuls_jours_jour on cumuls_jours (is_paris, jour);

create table cumuls_delais (
    id bigserial primary key,
    is_paris boolean not null default false,
    mois date not null default current_date,
    organisme integer not null default 0,
    departement integer not null default 0,
    mesure varchar(20) not null default '',
    dixiemes integer not null default 0,
    nombre integer not null default 0
);
create unique index cumuls_delais_un on cumuls_delais (organisme, departement, mois, is_paris, mesure, dixiemes);
create index cumuls_delais_mois on cumuls_delais (is_paris, mois, mesure);

create table recomptes (
    id bigserial primary key,
    mois date not null default current_date,
    organisme integer not null default 0,
    departement integer not null default 0
);
create index recomptes_cellule on recomptes (organisme, departement, mois);

-- Working time ------------------------------------------------------------------------------------------------

-- Working days of a calendar before a day, counted from a Monday.
create function jours_ouvres_avant(le_calendrier text, le_jour date) returns integer language sql stable as $$
    select 5 * ((le_jour - date '2001-01-01') / 7) + least((le_jour - date '2001-01-01') % 7, 5)
        - coalesce((select f.rang from jours_feries f where f.calendrier = le_calendrier and f.jour < le_jour
            order by f.jour desc limit 1), 0)
$$;

create function is_jour_ouvre(le_calendrier text, le_jour date) returns boolean language sql stable as $$
    select extract(isodow from le_jour) < 6 and not exists (
        select from jours_feries f where f.calendrier = le_calendrier and f.jour = le_jour)
$$;

-- Seconds of working time from that Monday to a local time: working days last 24 hours, the others none.
create function temps_ouvre(le_calendrier text, local timestamp) returns numeric language sql stable as $$
    select 86400 * jours_ouvres_avant(le_calendrier, local::date)
        + case when is_jour_ouvre(le_calendrier, local::date) then extract(epoch from local::time) else 0 end
$$;

-- Twin of delais.echeance_premiere_reponse.
create function limite_premiere_reponse(le_calendrier text, le_fuseau text, l_instant timestamptz)
returns timestamptz language plpgsql stable as $$
declare
    local timestamp := l_instant at time zone le_fuseau;
    le_jour date := local::date;
    reste integer := 3;
begin
    if not is_jour_ouvre(le_calendrier, le_jour) then
        local := le_jour;
        reste := 4;
    end if;
    while reste > 0 loop
        le_jour := le_jour + 1;
        if is_jour_ouvre(le_calendrier, le_jour) then reste := reste - 1; end if;
    end loop;
    return (le_jour + local::time) at time zone le_fuseau;
end $$;

-- Seconds the aidant owed, until an instant: from a visible answer that hands the ball back to their next message.
create function secondes_dues(la_demande bigint, le_groupe integer, jusqua timestamptz)
returns numeric language sql stable as $$
    with tours as (
        select m.sent_at, m.cote = 'aidant' as is_aidant,
            lag(m.cote = 'aidant') over (order by m.sent_at, m.id) as was_aidant
        from messages m
        where m.demande = la_demande and m.sent_at < jusqua and (
            m.cote = 'aidant' and m.nature in ('reponse', 'relance', 'information', 'reouverture')
            or m.cote = 'instructeur' and m.groupe = le_groupe and not m.is_prive
                and m.nature in ('reponse', 'traitee')))
    select coalesce(sum(extract(epoch from rendu_at - donne_at)), 0) from (
        select sent_at as donne_at, coalesce(lead(sent_at) over (order by sent_at), jusqua) as rendu_at, is_aidant
        from tours where is_aidant is distinct from coalesce(was_aidant, true)) passages
    where not is_aidant
$$;

-- Facts of parts ------------------------------------------------------------------------------------------------

-- The measures of a part as its row stands. `est_neuve`: it was asked just now; else its first time is looked for.
create function suivre(s sollicitations, est_neuve boolean) returns void language plpgsql as $$
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
        resolue := extract(epoch from s.traitee_at - premiere) - secondes_dues(s.demande, s.groupe, s.traitee_at);
    end if;
    insert into suivis (sollicitation, demande, groupe, structure, organisme, departement, sujet, solicited_at,
        limite_at, jour, jour_paris, is_repris, reponse_at, reponse_dixiemes, is_repondu, is_procedure, traitee_at,
        jour_traitee, jour_traitee_paris, resolution_dixiemes, declinee_at, jour_declinee, jour_declinee_paris,
        closed_at)
    values (s.id, s.demande, s.groupe, lieu.structure, lieu.organisme, lieu.departement, lieu.sujet, premiere,
        limite_premiere_reponse(lieu.calendrier, lieu.fuseau, premiere),
        (premiere at time zone lieu.fuseau)::date, (premiere at time zone 'Europe/Paris')::date,
        reprise is not null, repondue,
        round((temps_ouvre(lieu.calendrier, repondue at time zone lieu.fuseau)
            - temps_ouvre(lieu.calendrier, premiere at time zone lieu.fuseau)) / 8640),
        s.answered_at is not null, s.is_procedure, s.traitee_at,
        (s.traitee_at at time zone lieu.fuseau)::date, (s.traitee_at at time zone 'Europe/Paris')::date,
        round(resolue / 8640), s.declinee_at,
        (s.declinee_at at time zone lieu.fuseau)::date, (s.declinee_at at time zone 'Europe/Paris')::date,
        s.closed_at)
    on conflict (sollicitation) do nothing;
end $$;

create function suivre_sollicitation() returns trigger language plpgsql as $$
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
            round((temps_ouvre(lieu.calendrier, new.first_answered_at at time zone lieu.fuseau)
                - temps_ouvre(lieu.calendrier, s.solicited_at at time zone lieu.fuseau)) / 8640) end),
        is_repondu = s.is_repondu or new.answered_at is not null,
        is_procedure = new.is_procedure,
        traitee_at = new.traitee_at,
        jour_traitee = (new.traitee_at at time zone lieu.fuseau)::date,
        jour_traitee_paris = (new.traitee_at at time zone 'Europe/Paris')::date,
        -- Once the demande is erased its messages are gone: what was measured stays.
        resolution_dixiemes = case when new.traitee_at is not distinct from s.traitee_at then s.resolution_dixiemes
            else round((extract(epoch from new.traitee_at - s.solicited_at)
                - secondes_dues(new.demande, new.groupe, new.traitee_at)) / 8640) end,
        declinee_at = new.declinee_at,
        jour_declinee = (new.declinee_at at time zone lieu.fuseau)::date,
        jour_declinee_paris = (new.declinee_at at time zone 'Europe/Paris')::date,
        closed_at = new.closed_at
    where s.sollicitation = new.id;
    return null;
end $$;
create trigger sollicitations_suivies after insert on sollicitations
    for each row execute function suivre_sollicitation();
create trigger sollicitations_suivies_encore after update of
        solicited_at, first_answered_at, answered_at, traitee_at, declinee_at, is_procedure, late_at, closed_at
    on sollicitations for each row
    when ((old.solicited_at, old.first_answered_at, old.answered_at, old.traitee_at, old.declinee_at,
            old.is_procedure, old.late_at, old.closed_at)
        is distinct from (new.solicited_at, new.first_answered_at, new.answered_at, new.traitee_at,
            new.declinee_at, new.is_procedure, new.late_at, new.closed_at))
    execute function suivre_sollicitation();

-- Facts of demandes ---------------------------------------------------------------------------------------------

create function suivre_demande() returns trigger language plpgsql as $$
declare
    le_fuseau text;
begin
    select fuseau into le_fuseau from departements where id = new.departement;
    insert into suivis_demandes (demande, structure, departement, jour, jour_paris, jour_cloture, jour_cloture_paris,
        cloture_dixiemes, is_plateforme)
    values (new.numero, new.groupe, new.departement, (new.sent_at at time zone le_fuseau)::date,
        (new.sent_at at time zone 'Europe/Paris')::date, (new.closed_at at time zone le_fuseau)::date,
        (new.closed_at at time zone 'Europe/Paris')::date,
        round(extract(epoch from new.closed_at - new.sent_at) / 8640),
        new.closed_at is not null and new.closed_by is null)
    on conflict (demande) do update set jour_cloture = excluded.jour_cloture,
        jour_cloture_paris = excluded.jour_cloture_paris, cloture_dixiemes = excluded.cloture_dixiemes,
        is_plateforme = excluded.is_plateforme;
    return null;
end $$;
create trigger demandes_suivies after insert on demandes for each row execute function suivre_demande();
create trigger demandes_suivies_encore after update of closed_at, closed_by on demandes
    for each row when ((old.closed_at, old.closed_by) is distinct from (new.closed_at, new.closed_by))
    execute function suivre_demande();

create function suivre_reprise() returns trigger language plpgsql as $$
begin
    insert into reprises (demande, groupe, organisme, departement, structure, at, jour, jour_paris)
    select new.demande, coalesce(g.id, 0), coalesce(g.organisme, 0), d.departement, d.groupe, new.sent_at,
        (new.sent_at at time zone p.fuseau)::date, (new.sent_at at time zone 'Europe/Paris')::date
    from demandes d join departements p on p.id = d.departement
    left join groupes g on new.nature = 'relance' and g.id = any(new.groupes_invites)
    where d.numero = new.demande and (new.nature = 'reouverture' or g.id is not null)
    on conflict (demande, groupe, at) do nothing;
    return null;
end $$;
create trigger messages_suivis after insert on messages for each row
    when (new.nature in ('relance', 'reouverture')) execute function suivre_reprise();

-- Sums to make again --------------------------------------------------------------------------------------------

create function recompter(l_organisme integer, le_departement integer, jours date[]) returns void language sql as $$
    insert into recomptes (mois, organisme, departement)
    select distinct date_trunc('month', j)::date, l_organisme, le_departement from unnest(jours) j where j is not null
$$;
create function recompter_suivi() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform recompter(old.organisme, old.departement, array[old.jour, old.jour_paris, old.jour_traitee,
            old.jour_traitee_paris, old.jour_declinee, old.jour_declinee_paris]);
    end if;
    if tg_op <> 'DELETE' then
        perform recompter(new.organisme, new.departement, array[new.jour, new.jour_paris, new.jour_traitee,
            new.jour_traitee_paris, new.jour_declinee, new.jour_declinee_paris]);
    end if;
    return null;
end $$;
create trigger suivis_recomptes after insert or update or delete on suivis
    for each row execute function recompter_suivi();
create function recompter_demande() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform recompter(0, old.departement,
            array[old.jour, old.jour_paris, old.jour_cloture, old.jour_cloture_paris]);
    end if;
    if tg_op <> 'DELETE' then
        perform recompter(0, new.departement,
            array[new.jour, new.jour_paris, new.jour_cloture, new.jour_cloture_paris]);
    end if;
    return null;
end $$;
create trigger suivis_demandes_recomptes after insert or update or delete on suivis_demandes
    for each row execute function recompter_demande();
create function recompter_reprise() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        perform recompter(old.organisme, old.departement, array[old.jour, old.jour_paris]);
    else
        perform recompter(new.organisme, new.departement, array[new.jour, new.jour_paris]);
    end if;
    return null;
end $$;
create trigger reprises_recomptees after insert or delete on reprises
    for each row execute function recompter_reprise();

-- One view per figure -------------------------------------------------------------------------------------------
-- One row per fact: its day (local, and in Paris), where it counts (organisme 0: the whole demande), its value.

create view figure_demandes_envoyees as
    select demande, jour, jour_paris, 0 as organisme, departement, 0 as groupe, structure from suivis_demandes;
create view figure_sollicitations_recues as
    select sollicitation, jour, jour_paris, organisme, departement, groupe, structure from suivis;
create view figure_etats as
    select sollicitation, jour, jour_paris, organisme, departement, groupe, structure,
        case when declinee_at is not null then 'declinees' when traitee_at is not null then 'traitees'
            when closed_at is not null then 'sans_suite' when is_repondu then 'en_cours' else 'nouvelles' end as etat
    from suivis;
create view figure_premieres_reponses as
    select sollicitation, jour, jour_paris, organisme, departement, groupe, structure, solicited_at,
        reponse_dixiemes as dixiemes from suivis;
create view figure_dans_le_delai as
    select sollicitation, jour, jour_paris, organisme, departement, groupe, structure, limite_at,
        reponse_at is not null as is_repondu, coalesce(reponse_at <= limite_at, false) as is_dans_delai from suivis;
create view figure_resolutions as
    select sollicitation, jour_traitee as jour, jour_traitee_paris as jour_paris, organisme, departement, groupe,
        structure, resolution_dixiemes as dixiemes from suivis where traitee_at is not null;
create view figure_declinees as
    select sollicitation, jour_declinee as jour, jour_declinee_paris as jour_paris, organisme, departement, groupe,
        structure from suivis where declinee_at is not null;
create view figure_procedures as
    select sollicitation, jour, jour_paris, organisme, departement, groupe, structure, is_procedure from suivis;
create view figure_relances as
    select demande, jour, jour_paris, organisme, departement, groupe, structure from reprises where groupe <> 0;
create view figure_reouvertures as
    select demande, jour, jour_paris, organisme, departement, groupe, structure from reprises where groupe = 0;
create view figure_clotures as
    select demande, jour_cloture as jour, jour_cloture_paris as jour_paris, 0 as organisme, departement, 0 as groupe,
        structure, cloture_dixiemes as dixiemes, is_plateforme
    from suivis_demandes where jour_cloture is not null;
-- A part is en souffrance after `debut_at` and before `fin_at`; no end yet: as far as one knows today.
create view figure_en_souffrance as
    select r.sollicitation, r.debut_at, r.fin_at, s.organisme, s.departement, s.groupe, s.structure, s.jour,
        s.jour_paris
    from retards r join suivis s on s.sollicitation = r.sollicitation
    union all
    select s.sollicitation, o.late_at, 'infinity', s.organisme, s.departement, s.groupe, s.structure, s.jour,
        s.jour_paris
    from sollicitations o join suivis s on s.sollicitation = o.id where o.late_at is not null;
create view figure_satisfaction as
    select mois_on as mois, organisme, departement, note from satisfactions;
create view figure_agents_actifs as
    select a.id as agent, a.last_seen_at, m.groupe, g.organisme, m.is_aidant, m.is_instructeur, m.is_responsable
    from agents a join adhesions m on m.agent = a.id join groupes g on g.id = m.groupe
    where a.deactivated_at is null and g.deactivated_at is null and a.last_seen_at is not null;
create view figure_couverture as
    select c.departement, g.organisme, g.id as groupe, m.agent, a.last_seen_at
    from groupes g join couvertures c on c.groupe = g.id
    join adhesions m on m.groupe = g.id and m.is_instructeur
    join agents a on a.id = m.agent and a.deactivated_at is null
    where g.deactivated_at is null;

-- Every fact of the views above, one after the other: what sums are made of.
create view figures_faits as
    select 'envoyees' as mesure, null::integer as dixiemes, jour, jour_paris, organisme, departement, groupe, structure
        from figure_demandes_envoyees
    union all select 'recues', null, jour, jour_paris, organisme, departement, groupe, structure
        from figure_sollicitations_recues
    union all select etat, null, jour, jour_paris, organisme, departement, groupe, structure from figure_etats
    union all select 'repondues', dixiemes, jour, jour_paris, organisme, departement, groupe, structure
        from figure_premieres_reponses where dixiemes is not null
    union all select 'dans_delai', null, jour, jour_paris, organisme, departement, groupe, structure
        from figure_dans_le_delai where is_dans_delai
    union all select 'resolues', dixiemes, jour, jour_paris, organisme, departement, groupe, structure
        from figure_resolutions
    union all select 'declins', null, jour, jour_paris, organisme, departement, groupe, structure
        from figure_declinees
    union all select 'procedures', null, jour, jour_paris, organisme, departement, groupe, structure
        from figure_procedures where is_procedure
    union all select 'relances', null, jour, jour_paris, organisme, departement, groupe, structure
        from figure_relances
    union all select 'reouvertures', null, jour, jour_paris, organisme, departement, groupe, structure
        from figure_reouvertures
    union all select 'clotures', dixiemes, jour, jour_paris, organisme, departement, groupe, structure
        from figure_clotures
    union all select 'plateforme', null, jour, jour_paris, organisme, departement, groupe, structure
        from figure_clotures where is_plateforme;
