-- What was done to an account is found as fast as what it did.
create index journal_vise on journal ((details->>'agent'), id) where details->>'agent' is not null;
