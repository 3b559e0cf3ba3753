-- The whole referentiel as it was published. Version 0 is what was there before the first change: nobody published it.
create table versions_referentiel (
    numero integer primary key not null default 0,
    contenu jsonb not null default '{}',
    raison text not null default '',
    published_by integer references agents on delete restrict,
    published_at timestamptz not null default current_timestamp
);
create index versions_referentiel_published_by on versions_referentiel (published_by);

-- Offered no more, kept where it serves.
alter table organismes add column is_retire boolean not null default false;
alter table themes add column is_retire boolean not null default false;
alter table sujets add column is_retire boolean not null default false;

-- A calendar is followed by the days of a département of its own: « 57;+2026-12-24 ».
alter table departements alter column calendrier type varchar(400);
alter table jours_feries alter column calendrier type varchar(400);
