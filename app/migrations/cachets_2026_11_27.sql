-- Ids are given at insert and lines are seen at commit: an order by id is no order of events. The order in which lines
-- were sealed is stored, without a hole, and each line bears a keyed hash (the key is not in the base). The version
-- before this one goes on writing `sceau`, which nobody reads any more.
alter table journal add column rang bigint, add column cachet varchar(400);
create index journal_rang on journal (rang);
create index journal_sans_rang on journal (id) where rang is null;

create or replace function journal_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        raise exception 'the journal is append-only';
    elsif tg_op = 'DELETE' then
        if old.at < now() - interval '12 months' then return old; end if;
    elsif (old.id, old.at, old.fait, old.agent, old.demande, old.groupe, old.details)
            is not distinct from (new.id, new.at, new.fait, new.agent, new.demande, new.groupe, new.details)
        and (old.sceau is not distinct from new.sceau or old.sceau is null)
        and ((old.rang, old.cachet) is not distinct from (new.rang, new.cachet)
            or old.rang is null and old.cachet is null and new.rang is not null and new.cachet is not null) then
        return new;
    end if;
    raise exception 'the journal is append-only';
end $$;
create trigger journal_never_emptied before truncate on journal
    for each statement execute function journal_append_only();
