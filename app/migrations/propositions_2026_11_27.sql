-- Who proposed a procédure standard, so that they are told once what became of it. It holds no text: a refused procedure
-- goes for good, and its reason stays here as long as an unanswered proposal would.
create table propositions (
    id serial primary key,
    agent integer not null references agents on delete cascade,
    procedure integer references procedures on delete set null,
    sujet integer references sujets on delete restrict,
    proposee_at timestamptz not null default current_timestamp,
    decidee_at timestamptz,
    is_acceptee boolean not null default false,
    motif varchar(300) not null default ''
);
create index propositions_agent on propositions (agent);
create index propositions_procedure on propositions (procedure);
create index propositions_proposee_at on propositions (proposee_at);
