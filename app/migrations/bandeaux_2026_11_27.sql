-- What the A+ team says on every page, from one day to another, both included. Nothing of anybody stands in it.
-- `edition` counts the changes: whoever closed a band reads it again once its words have changed.
create table bandeaux (
    id serial primary key,
    cle uuid not null unique,
    texte varchar(500) not null default '',
    audience varchar(20) not null default '',
    du_on date not null default current_date,
    au_on date not null default current_date,
    edition integer not null default 1,
    created_by integer not null references agents on delete restrict,
    created_at timestamptz not null default current_timestamp,
    withdrawn_at timestamptz
);
