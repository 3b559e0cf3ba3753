-- The conditions as the A+ team published them, named by the day from which they are asked. Before the first one, those
-- the project ships are asked.
create table conditions (
    id serial primary key,
    version varchar(20) not null unique default '',
    applies_on date not null default current_date,
    texte text not null default '',
    changements text not null default '',
    published_by integer references agents on delete restrict,
    published_at timestamptz not null default current_timestamp
);
create index conditions_published_by on conditions (published_by);
