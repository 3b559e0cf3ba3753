-- The CRAM no longer exist: no sujet leads there any more, and the organisme goes unless something of it is kept.
update sujets set organismes = array_remove(organismes, 'cram') where 'cram' = any(organismes);
do $$
begin
    delete from organismes where code = 'cram';
exception when foreign_key_violation then null;
end $$;

-- « Département » is a place; the organisme is the council. An administrateur may have named it otherwise.
update organismes set sigle = 'Conseil départemental' where code = 'departement' and sigle = 'Département';
