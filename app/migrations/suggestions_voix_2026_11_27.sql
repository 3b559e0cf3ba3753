-- An agent counts once for a sujet, whichever way: who it was is only kept as a keyed fingerprint, which the base alone
-- turns back into nobody.
create table voix_suggestions (
    empreinte varchar(64) primary key not null default '',
    sujet integer not null references sujets (id) on delete cascade
);
create index voix_suggestions_sujet on voix_suggestions (sujet);
