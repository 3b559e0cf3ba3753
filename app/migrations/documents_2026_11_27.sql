-- « J’ai besoin d’un document »: the line that asks, and since when the groupe waits for the aidant.
alter table sollicitations add column document_at timestamptz;
alter table messages add column is_document boolean not null default false;
