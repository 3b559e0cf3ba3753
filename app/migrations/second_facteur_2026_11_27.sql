-- The phone that confirms who signs in: its secret, sealed, and the hashes of the codes that replace it. `dernier_pas`
-- is the last half minute whose code was taken, so that no code serves twice.
create table seconds_facteurs (
    id serial primary key,
    agent integer not null unique references agents on delete cascade,
    secret_scelle bytea not null,
    dernier_pas bigint not null default 0,
    codes varchar(64)[] not null default '{}',
    created_at timestamptz not null default now()
);

-- Empty until this session has given the second factor of its agent.
alter table sessions add column second_facteur_at timestamptz;
