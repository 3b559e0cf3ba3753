-- A view belongs to its agent or to a groupe, never to both. `filtres` is the query of an address of the list, without the
-- words that were searched: they may name an usager.
create table vues_enregistrees (
    id serial primary key,
    agent integer references agents on delete cascade,
    groupe integer references groupes on delete cascade,
    liste varchar(20) not null,
    nom varchar(60) not null,
    filtres varchar(400) not null,
    created_at timestamptz not null default current_timestamp,
    constraint vues_enregistrees_un_seul check (num_nonnulls(agent, groupe) = 1)
);
create index vues_enregistrees_agent on vues_enregistrees (agent);
create index vues_enregistrees_groupe on vues_enregistrees (groupe);
