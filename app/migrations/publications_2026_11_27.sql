-- What the public and pilotes read: one row per month × organisme × département, totals under 0, made each morning.
-- An empty count is hidden; an empty median or share says that there are too few parts.
create table publications (
    id bigserial primary key,
    mois date not null default current_date,
    organisme integer not null default 0,
    departement integer not null default 0,
    envoyees integer,
    traitees integer,
    declinees integer,
    dans_delai integer,
    en_souffrance integer,
    satisfaits integer,
    mitiges integer,
    mecontents integer,
    mediane integer,
    published_on date not null default current_date
);
create unique index publications_une on publications (mois, organisme, departement);
create index publications_cellule on publications (organisme, departement, mois);

-- A program that reads indicators, or is told of facts, for an operator.
create table jetons (
    id serial primary key,
    nom varchar(120) not null default '',
    empreinte varchar(64) unique not null default '',
    organisme integer references organismes on delete restrict,
    departement integer references departements on delete restrict,
    created_by integer references agents on delete restrict,
    created_at timestamptz not null default current_timestamp,
    revoked_at timestamptz,
    webhook_url varchar(500) not null default '',
    webhook_secret_scelle bytea
);

-- A fact to tell a program: the row is the queue. Nothing personal: number, groupes, instants.
create table rappels (
    id uuid primary key default gen_random_uuid(),
    jeton integer not null references jetons on delete cascade,
    corps_scelle bytea,
    created_at timestamptz not null default current_timestamp,
    due_at timestamptz not null default current_timestamp,
    claimed_until timestamptz,
    attempts smallint not null default 0,
    sent_at timestamptz,
    failed_at timestamptz,
    erreur varchar(200) not null default ''
);
create index rappels_a_envoyer on rappels (due_at) where sent_at is null and failed_at is null;
create index rappels_jeton on rappels (jeton);

-- An unusual number of demandes on one sujet, for one organisme, in one département (0: everywhere).
create table blocages (
    id serial primary key,
    sujet integer not null references sujets on delete cascade,
    organisme integer not null references organismes on delete restrict,
    departement integer not null default 0,
    nombre integer not null default 0,
    habitude integer not null default 0,
    structures integer not null default 0,
    began_at timestamptz not null default current_timestamp,
    seen_at timestamptz not null default current_timestamp,
    ended_at timestamptz,
    note varchar(1000) not null default '',
    note_by integer references agents on delete restrict,
    note_at timestamptz
);
create unique index blocages_un on blocages (sujet, organisme, departement) where ended_at is null;
create index blocages_organisme on blocages (organisme) where ended_at is null;
create index suivis_sujets on suivis (solicited_at, sujet, organisme, departement) where sujet is not null;

-- A groupe in pause is not reachable: the view says since when, and until when.
create or replace view figure_couverture as
    select c.departement, g.organisme, g.id as groupe, m.agent, a.last_seen_at, g.pause_on, g.reprise_on
    from groupes g join couvertures c on c.groupe = g.id
    join adhesions m on m.groupe = g.id and m.is_instructeur
    join agents a on a.id = m.agent and a.deactivated_at is null
    where g.deactivated_at is null;
