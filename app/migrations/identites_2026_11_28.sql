-- The ID token of the provider through which a session was opened, sealed; it goes with the session, and ends the one that
-- the provider keeps when its agent leaves.
alter table sessions add column identite_scellee bytea;
