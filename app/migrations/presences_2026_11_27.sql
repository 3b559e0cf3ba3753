-- One line per agent and demande, written again while the page is on screen and worth nothing a minute later. It is an
-- ordinary table: PostgreSQL refuses to read an unlogged one on a standby, and the pages that read it would go with it.
-- On which side its agent stands is kept with it: the views of access would cost each list half its time again.
create table presences (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    agent integer not null references agents on delete cascade,
    is_aidant boolean not null default false,
    seen_at timestamptz not null
) with (fillfactor = 50);
create unique index presences_une on presences (demande, agent);
create index presences_agent on presences (agent);
-- « Voir comme » shows nobody.
create view masque.presences as select * from presences where false;
