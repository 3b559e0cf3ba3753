-- Sums made before their levels existed would be read without them: every cell is marked, and counted from its facts
-- until the sweep has made it again.
insert into recomptes (mois, organisme, departement)
    select distinct mois, organisme, departement from cumuls_jours where organisme >= 0 and departement > 0;
delete from cumuls_jours;
delete from cumuls_delais;
