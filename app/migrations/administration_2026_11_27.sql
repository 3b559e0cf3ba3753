-- The mails that failed are few among all those kept: addresses that refuse are found from them.
create index courriels_refuses on courriels (agent) where failed_at is not null;

-- The journal is read latest first, by who did it, by what happened, or by groupe.
create index journal_agent on journal (agent, id) where agent is not null;
create index journal_fait on journal (fait, id);
create index journal_groupe on journal (groupe, id) where groupe is not null;
