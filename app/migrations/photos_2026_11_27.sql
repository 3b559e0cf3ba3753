-- Which form of an agent takes the photos of their phone, and until when: one row an agent.
create table photos_attendues (
    id serial primary key,
    agent integer not null unique references agents on delete cascade,
    formulaire uuid not null,
    demande bigint references demandes on delete cascade,
    code varchar(6) not null,
    expires_at timestamptz not null
);
create index photos_attendues_demande on photos_attendues (demande);
create index photos_attendues_expires_at on photos_attendues (expires_at);
