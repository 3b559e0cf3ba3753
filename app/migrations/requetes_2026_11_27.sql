-- What an usager asks of their own data (RGPD), answered within thirty days. It names nobody: numbers of demandes only.
create table requetes (
    id serial primary key,
    nature varchar(20) not null default '',
    demandes bigint[] not null default '{}',
    created_by integer not null references agents on delete restrict,
    created_at timestamptz not null default current_timestamp,
    due_on date not null default current_date,
    erased_at timestamptz,
    reponse varchar(20),
    answered_by integer references agents on delete restrict,
    answered_at timestamptz
);

-- An usager is found again whatever became of the demande, until its personal data go.
create index demandes_empreintes on demandes (usager_empreinte) where usager_empreinte is not null;
