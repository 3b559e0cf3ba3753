-- Read by the pages where small counts are hidden: any other count said there would be one more equation.
alter table publications add column repondues integer;
alter table publications add column soirs integer;
