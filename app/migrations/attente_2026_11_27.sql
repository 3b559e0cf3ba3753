-- `part_at`: the answer is sent for its author, and leaves then; `retenue`: why it could not.
alter table brouillons add column part_at timestamptz;
alter table brouillons add column retenue text not null default '';
create index brouillons_part_at on brouillons (part_at) where part_at is not null;
create index brouillons_attente on brouillons (demande) where part_at is not null;
