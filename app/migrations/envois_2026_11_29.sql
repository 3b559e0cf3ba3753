-- The last act of a session and where it led, for a few seconds: its twin, sent by a second press, is led there too. A keyed
-- hash tells which form it was, and nothing of what it said; it goes with the session.
alter table sessions add column envoi varchar(64), add column envoi_lieu varchar(500), add column envoi_at timestamptz;
