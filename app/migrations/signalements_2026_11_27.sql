-- A misuse seen in a demande by one of its readers, for administrateurs, who read metadata only.
create table signalements (
    id serial primary key,
    demande bigint not null references demandes on delete cascade,
    agent integer not null references agents on delete cascade,
    vise integer references agents on delete cascade,
    raison varchar(40) not null default '',
    texte text not null default '',
    created_at timestamptz not null default current_timestamp,
    treated_by integer references agents on delete restrict,
    treated_at timestamptz,
    suite varchar(20)
);
create index signalements_demande on signalements (demande);
create index signalements_vise on signalements (vise);
-- One at a time per reader and demande: what is written twice waits once.
create unique index signalements_en_attente on signalements (agent, demande) where treated_at is null;

-- An account is excluded for as long as this is the instant it was deactivated: a reactivation ends it by itself.
alter table agents add column excluded_at timestamptz;
