-- How many lines of a file would change something: at none, nobody is asked to confirm it. Unknown for those read before.
alter table imports add column a_ecrire integer;
