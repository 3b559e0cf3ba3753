-- When the author was told that the data go, since when they are going (nothing reopens it from then on), and when the
-- platform proposed to close what nobody touches any more.
alter table demandes
    add column effacement_annonce_at timestamptz,
    add column effacement_at timestamptz,
    add column cloture_proposee_at timestamptz;
create index demandes_en_effacement on demandes (numero) where effacement_at is not null and erased_at is null;
create index demandes_dormantes on demandes (last_prive_at) where closed_at is null;

-- What an erasure took away, in numbers: the certificate is read here. No person, no word.
create table effacements (
    demande bigint primary key references demandes on delete cascade,
    raison varchar(20) not null default '',
    begun_at timestamptz not null default current_timestamp,
    done_at timestamptz,
    messages integer not null default 0,
    informations integer not null default 0,
    fichiers integer not null default 0,
    mandats integer not null default 0,
    sms integer not null default 0,
    courriels integer not null default 0,
    brouillons integer not null default 0,
    commentaires integer not null default 0
);

-- What the sweeps took away each day, by kind.
create table menages (
    id bigserial primary key,
    genre varchar(40) not null default '',
    jour date not null default current_date,
    nombre integer not null default 0,
    ended_at timestamptz not null default current_timestamp
);
create unique index menages_un on menages (jour, genre);

-- The base that was swept last, by what a copy of it does not share; empty until the first sweep.
create table bases (
    id serial primary key,
    identite varchar(80) not null default '',
    swept_at timestamptz not null default current_timestamp
);

-- Mails that left or were set aside, for the sweep that trims them.
create index courriels_finis on courriels (coalesce(sent_at, failed_at)) where coalesce(sent_at, failed_at) is not null;
