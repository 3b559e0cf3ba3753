-- The version still running writes mails that wait for nothing.
alter table courriels
    add column genre varchar(20),
    add column is_waiting boolean not null default false,
    add column groupe_dans uuid;
create index courriels_en_attente on courriels (due_at) where is_waiting;

alter table agents
    add column prereglage varchar(20) not null default 'tout_de_suite',
    add column rythmes jsonb not null default '{}';
