-- « @Inès Le Goff » in a message: the agents named, who might read it when it was written.
alter table messages add column agents_cites integer[] not null default '{}';
