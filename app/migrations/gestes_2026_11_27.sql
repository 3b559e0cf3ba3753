-- What an agent did from a list, one line per demande. `avant` is what undoing gives back, `refus` why it was not done, or
-- not undone. It names the demande without holding it: a number that nobody may know of is answered like any other.
create table gestes_listes (
    id bigserial primary key,
    lot uuid not null,
    agent integer not null references agents on delete cascade,
    numero bigint not null,
    acte varchar(20) not null,
    avant jsonb,
    refus text not null default '',
    done_at timestamptz not null default current_timestamp,
    undone_at timestamptz
);
create unique index gestes_listes_un on gestes_listes (lot, numero);
create index gestes_listes_agent on gestes_listes (agent);
create index gestes_listes_anciens on gestes_listes (done_at);

create or replace function suivre_sollicitation() returns trigger language plpgsql as $$
declare
    lieu record;
    acte timestamptz;
begin
    if tg_op = 'INSERT' then
        perform suivre(new, true);
        return null;
    end if;
    if old.late_at is not null and new.late_at is distinct from old.late_at then
        acte := coalesce(greatest(
            case when new.answered_at is distinct from old.answered_at then new.answered_at end,
            case when new.declinee_at is distinct from old.declinee_at then new.declinee_at end,
            case when new.traitee_at is distinct from old.traitee_at then new.traitee_at end,
            case when new.solicited_at is distinct from old.solicited_at then new.solicited_at end,
            case when new.closed_at is distinct from old.closed_at then new.closed_at end), now());
        if old.late_at < acte then
            insert into retards (sollicitation, debut_at, fin_at) values (old.id, old.late_at, acte);
        end if;
    end if;
    if not exists (select from suivis where sollicitation = new.id) then
        perform suivre(new, false);
        return null;
    end if;
    -- An answer is taken back when its instant goes back: what was measured from it goes with it.
    if old.answered_at > coalesce(new.answered_at, '-infinity') then
        delete from retards where sollicitation = new.id and fin_at = old.answered_at;
        update suivis s set is_repondu = new.answered_at is not null,
            reponse_at = nullif(s.reponse_at, old.answered_at),
            reponse_dixiemes = case when s.reponse_at is distinct from old.answered_at then s.reponse_dixiemes end
        where s.sollicitation = new.id;
    end if;
    select p.fuseau, p.calendrier into lieu from suivis s join departements p on p.id = s.departement
    where s.sollicitation = new.id;
    update suivis s set
        is_repris = s.is_repris or new.solicited_at is distinct from old.solicited_at,
        reponse_at = coalesce(s.reponse_at, case when not s.is_repris then new.first_answered_at end),
        reponse_dixiemes = coalesce(s.reponse_dixiemes, case when not s.is_repris then
            round(temps_compte(s.groupe, lieu.calendrier, s.solicited_at at time zone lieu.fuseau,
                new.first_answered_at at time zone lieu.fuseau) / 8640) end),
        is_repondu = s.is_repondu or new.answered_at is not null,
        is_procedure = new.is_procedure,
        traitee_at = new.traitee_at,
        jour_traitee = (new.traitee_at at time zone lieu.fuseau)::date,
        jour_traitee_paris = (new.traitee_at at time zone 'Europe/Paris')::date,
        -- Once the demande is erased its messages are gone: what was measured stays.
        resolution_dixiemes = case when new.traitee_at is not distinct from s.traitee_at then s.resolution_dixiemes
            else round((extract(epoch from new.traitee_at - s.solicited_at)
                - secondes_hors_compte(new.demande, new.groupe, s.solicited_at, new.traitee_at)) / 8640) end,
        declinee_at = new.declinee_at,
        jour_declinee = (new.declinee_at at time zone lieu.fuseau)::date,
        jour_declinee_paris = (new.declinee_at at time zone 'Europe/Paris')::date,
        closed_at = new.closed_at
    where s.sollicitation = new.id;
    return null;
end $$;
