-- A lateness is a part and the deadline it passed: another deadline is another lateness.
create table escalades (
    id bigserial primary key,
    sollicitation bigint not null references sollicitations on delete cascade,
    late_at timestamptz not null default current_timestamp,
    rang smallint not null default 1,
    told_at timestamptz not null default current_timestamp
);
create unique index escalades_une_fois on escalades (sollicitation, late_at, rang);

create table avis_donnes (
    id bigserial primary key,
    agent integer not null references agents on delete cascade,
    nature varchar(40) not null default '',
    cle varchar(80) not null default '',
    told_at timestamptz not null default current_timestamp
);
create unique index avis_donnes_une_fois on avis_donnes (agent, nature, cle);
