alter table rappels add column journal bigint;
create index rappels_journal on rappels (journal, jeton);
