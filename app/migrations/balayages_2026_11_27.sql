create table balayages (
    id serial primary key,
    nom varchar(60) not null default '' unique,
    succeeded_at timestamptz,
    failed_at timestamptz,
    erreur varchar(100) not null default ''
);
