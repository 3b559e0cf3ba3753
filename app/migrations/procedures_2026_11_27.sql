-- A procedure that an instructeur wrote for every aidant. It names no demande: it outlives them, and whoever judges it
-- must not learn which one it comes from. A refused one is deleted.
create table procedures (
    id serial primary key,
    sujet integer references sujets on delete restrict,
    groupe integer not null references groupes on delete restrict,
    texte text not null default '',
    proposee_at timestamptz not null default current_timestamp,
    acceptee_at timestamptz
);
create index procedures_sujet on procedures (sujet);
create index procedures_groupe on procedures (groupe);
