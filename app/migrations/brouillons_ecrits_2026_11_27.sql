-- A form where nothing is written yet is kept too, so that a refresh loses no choice, but it is no draft to show. The
-- version still running writes drafts only.
alter table brouillons add column is_ecrit boolean not null default true;
