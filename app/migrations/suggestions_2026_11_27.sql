-- Two numbers beside a sujet: nothing of who answered, when, or of what was typed.
create table reponses_suggestions (
    sujet integer primary key references sujets (id) on delete cascade,
    retenues integer not null default 0,
    refusees integer not null default 0
);
