-- From lisibles_2026_11_29.sql on, each erasure is repeated in the parts: those of before are here.
update sollicitations s set erased_at = d.erased_at from demandes d where d.numero = s.demande and d.erased_at is not null;
create index sollicitations_lisibles on sollicitations (groupe, demande) where erased_at is null;
-- Whose name is searched may have taken parts in charge.
create index sollicitations_prises on sollicitations (taken_by) where taken_by is not null and erased_at is null;
create index demandes_du_groupe_lisibles on demandes (groupe) where erased_at is null;
