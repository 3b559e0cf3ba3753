-- A pause runs from its first day until the day of the return, that day excluded.
create function is_en_pause(pause_on date, reprise_on date, jour date) returns boolean
language sql immutable parallel safe
return coalesce(pause_on <= jour and jour < reprise_on, false);

-- Whether a groupe takes demandes from this organisme. A list of kinds of aidants leaves out the other kinds of aidants;
-- administrations may always write.
create function is_accepte(aidants_acceptes varchar[], organisme varchar) returns boolean
language sql stable parallel safe
return aidants_acceptes = '{}' or organisme = any (aidants_acceptes)
    or not exists (select from organismes o where o.code = organisme and o.is_aidant);
