-- Somebody writes to the team. Without an agent, it is followed by the link of a mail: its address and that link are
-- sealed together, and the link is found by its hash.
create table conversations (
    id serial primary key,
    agent integer references agents on delete cascade,
    jeton varchar(64) unique,
    visiteur_scelle bytea,
    sujet varchar(40) not null default '',
    created_at timestamptz not null default current_timestamp,
    last_at timestamptz not null default current_timestamp,
    attend_at timestamptz,
    closed_at timestamptz
);
create index conversations_agent on conversations (agent);
create index conversations_en_attente on conversations (attend_at) where attend_at is not null;
create index conversations_last_at on conversations (last_at);

create table paroles (
    id bigserial primary key,
    conversation integer not null references conversations on delete cascade,
    cle uuid not null unique,
    is_equipe boolean not null default false,
    agent integer references agents on delete cascade,
    texte_scelle bytea not null default '',
    created_at timestamptz not null default current_timestamp
);
create index paroles_conversation on paroles (conversation);
