-- A translation of the mandat that somebody read again. `empreinte` is the sha256 of the file that was read: another
-- file is to be read anew.
create table traductions (
    id serial primary key,
    langue varchar(20) not null unique,
    empreinte varchar(64) not null,
    relue_by integer references agents on delete set null,
    relue_at timestamptz not null default current_timestamp
);
create index traductions_relue_by on traductions (relue_by);
