-- When the service only reads, or is closed, as the A+ team plans it: from one instant to another, the second excluded.
-- `edition` counts the changes: whoever closed the announcement reads it again once its hours have changed.
create table maintenances (
    id serial primary key,
    cle uuid not null unique,
    genre varchar(20) not null default '',
    from_at timestamptz not null default current_timestamp,
    until_at timestamptz not null default current_timestamp,
    edition integer not null default 1,
    created_by integer not null references agents on delete restrict,
    created_at timestamptz not null default current_timestamp,
    ended_at timestamptz,
    constraint maintenances_une_a_la_fois
        exclude using gist (tstzrange(from_at, until_at) with &&) where (ended_at is null)
);
