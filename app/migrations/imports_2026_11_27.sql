-- A file brought by the A+ team, sealed; `faites` lines of `total` are written, so that it may be taken up again.
create table imports (
    id serial primary key,
    nom varchar(200) not null default '',
    created_by integer not null references agents on delete restrict,
    created_at timestamptz not null default now(),
    contenu_scelle bytea,
    lignes_scellees bytea,
    options jsonb not null default '{}',
    total integer not null default 0,
    faites integer not null default 0,
    bilan jsonb not null default '{}',
    ended_at timestamptz
);
