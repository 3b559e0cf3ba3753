-- What a message said before its author corrected it, read by whoever reads the message; it goes with it.
create table corrections (
    id bigserial primary key,
    message bigint not null references messages on delete cascade,
    texte text not null,
    signature varchar(200) not null default '',
    corrected_at timestamptz not null default current_timestamp
);
create index corrections_message on corrections (message);
