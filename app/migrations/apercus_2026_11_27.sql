-- The version still running inserts files without a word of previews: they are to be made, as for those already there.
alter table pieces_jointes
    add column apercu varchar(12) not null default 'a_faire',
    add column pages integer not null default 0,
    add column vues integer not null default 0;
create index pieces_jointes_sans_apercu on pieces_jointes (uploaded_at, id)
    where apercu = 'a_faire' and erased_at is null
        and type_mime in ('application/pdf', 'image/jpeg', 'image/png', 'image/webp');

-- Page 0 is the thumbnail. The picture itself is sealed in the store, under `cle`.
create table apercus (
    id serial primary key,
    piece uuid not null references pieces_jointes on delete cascade,
    page integer not null,
    largeur integer not null,
    hauteur integer not null,
    tour integer not null default 0,
    cle varchar(80) unique not null
);
create unique index apercus_piece on apercus (piece, page);
