-- Agents whose last mails, three at least, were all refused for good by their address: the server said so at once, or
-- the provider said so later. Say `where agent = …`, otherwise the whole outbox is read.
create view adresses_refusees as
select a.id as agent, r.nombre, r.last_at
from agents a
cross join lateral (
    select count(*) as nombre, max(c.failed_at) as last_at
    from courriels c
    where c.agent = a.id and c.failed_at is not null and (c.erreur like 'destinataire 5%' or c.erreur like 'rejet %')
        and c.failed_at > coalesce((select max(s.sent_at) from courriels s
            where s.agent = a.id and s.failed_at is null and s.groupe_dans is null), '-infinity')) r
where r.nombre >= 3;
