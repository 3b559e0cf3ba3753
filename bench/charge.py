"""Load a base with volumes, by SQL: many demandes around one agent whose own load stays the same.

python -m bench.charge 10000 [2000 [40000]]

The second number is how many demandes one aidant of the crowd has open besides, all asked of one groupe: heavy agents. The
third is how many Aïda sent to the groupe of Inès in former years, that were closed and erased: an old groupe.
"""

import asyncio
import sys
import time

from app import database, migrate
from app.domain.territoire.referentiel import load_referentiel
from app.seed import seed
from app.settings import get_settings

# The background: other people's demandes, two parts and five messages each, spread over a thousand groupes, eight
# organismes and every département. None was closed so long ago that its data should be erased: a base where erasures
# are late does not serve. Triggers sleep: the measures of figures are written at once, at the end.
BACKGROUND = """
set session_replication_role = replica;
insert into groupes (nom, organisme, created_at)
    select 'Groupe ' || n, o.ids[1 + n % 8], now() from generate_series(1, 1000) n,
        (select array_agg(id order by id) as ids from (select id from organismes where not is_aidant order by id limit 8) q) o;
insert into agents (email, prenom, nom, departement, cgu_version, created_at)
    select 'foule' || n || '@exemple.fr', 'Foule', n::text, d.ids[1 + n % cardinality(d.ids)], 'x', now()
    from generate_series(1, {agents}) n, (select array_agg(id order by id) as ids from departements) d;
insert into adhesions (agent, groupe, is_aidant, is_instructeur, created_at)
    select a.id, g.id, a.id % 2 = 0, a.id % 2 = 1, now() from agents a
    join (select id, row_number() over (order by id) as rang from groupes where nom like 'Groupe %') g
        on g.rang = 1 + a.id % 1000
    where a.email like 'foule%';
analyze;
insert into demandes (formulaire, auteur, groupe, departement, titre, description, usager_prenom, usager_nom,
        usager_naissance, repere, is_repere_entier, sent_at, last_aidant_at, last_public_at, last_prive_at, closed_at)
    select gen_random_uuid(), a.id, m.groupe, a.departement, 'Demande de charge ' || n, repeat('Texte de charge. ', 20),
        'Prénom' || n % 977, 'Nom' || n % 1009, '1970', 'demande de charge ' || n || repeat(' texte de charge.', 20), true,
        at, at, at, at,
        case when n % 10 < 9 then greatest(at + interval '20 days', now() - interval '60 days') end
    from generate_series(1, {demandes}) n
    join (select id, departement, row_number() over (order by id) as rang from agents where email like 'foule%') a
        on a.rang = 1 + n % {agents}
    join adhesions m on m.agent = a.id
    cross join lateral (select now() - (n % 400) * interval '1 day' as at) t;
analyze;
insert into sollicitations (demande, groupe, solicited_at, opened_at, late_at, closed_at)
    select d.numero, g.id, d.sent_at, d.sent_at, case when d.closed_at is null and d.sent_at > now() - interval '60 days'
            then d.sent_at + interval '5 days' end,
        d.closed_at
    from demandes d
    cross join lateral (values (0), (500)) k(pas)
    join (select id, row_number() over (order by id) as rang from groupes where nom like 'Groupe %') g
        on g.rang = 1 + (d.numero + k.pas) % 1000
    where d.titre like 'Demande de charge%';
insert into messages (demande, cle, auteur, cote, nature, texte, repere, sent_at)
    select d.numero, gen_random_uuid(), d.auteur, 'aidant', 'reponse', 'Message de charge ' || k, 'message de charge',
        d.sent_at + k * interval '1 hour'
    from demandes d cross join generate_series(1, 5) k
    where d.titre like 'Demande de charge%';
insert into suivis_demandes (demande, structure, departement, jour, jour_paris, jour_cloture, jour_cloture_paris,
        cloture_dixiemes)
    select d.numero, d.groupe, d.departement, (d.sent_at at time zone p.fuseau)::date,
        (d.sent_at at time zone 'Europe/Paris')::date, (d.closed_at at time zone p.fuseau)::date,
        (d.closed_at at time zone 'Europe/Paris')::date, case when d.closed_at is not null then 200 end
    from demandes d join departements p on p.id = d.departement where d.titre like 'Demande de charge%'
    on conflict (demande) do nothing;
insert into suivis (sollicitation, demande, groupe, structure, organisme, departement, solicited_at, limite_at, jour,
        jour_paris, reponse_at, reponse_dixiemes, is_repondu, is_procedure, traitee_at, jour_traitee,
        jour_traitee_paris, resolution_dixiemes, declinee_at, jour_declinee, jour_declinee_paris, closed_at)
    select s.id, s.demande, s.groupe, d.groupe, g.organisme, d.departement, s.solicited_at,
        s.solicited_at + interval '4 days', (s.solicited_at at time zone p.fuseau)::date,
        (s.solicited_at at time zone 'Europe/Paris')::date,
        case when s.id % 10 < 8 then s.solicited_at + (s.id * 7919 % 90) * interval '1 hour' end,
        case when s.id % 10 < 8 then s.id * 7919 % 37 end, s.id % 10 < 8, s.id % 12 = 0,
        case when s.id % 10 < 7 then t.at end, case when s.id % 10 < 7 then (t.at at time zone p.fuseau)::date end,
        case when s.id % 10 < 7 then (t.at at time zone 'Europe/Paris')::date end,
        case when s.id % 10 < 7 then 10 + s.id * 104729 % 240 end,
        case when s.id % 10 = 9 then t.at end, case when s.id % 10 = 9 then (t.at at time zone p.fuseau)::date end,
        case when s.id % 10 = 9 then (t.at at time zone 'Europe/Paris')::date end, s.closed_at
    from sollicitations s join demandes d on d.numero = s.demande and d.titre like 'Demande de charge%'
    join departements p on p.id = d.departement join groupes g on g.id = s.groupe
    cross join lateral (select s.solicited_at + (24 + s.id * 104729 % 576) * interval '1 hour' as at) t
    on conflict (sollicitation) do nothing;
insert into recomptes (mois, organisme, departement)
    select distinct date_trunc('month', j)::date, organisme, departement
    from suivis cross join lateral unnest(array[jour, jour_paris, jour_traitee, jour_traitee_paris, jour_declinee,
        jour_declinee_paris]) j where j is not null
    union select distinct date_trunc('month', j)::date, 0, departement
    from suivis_demandes cross join lateral unnest(array[jour, jour_paris, jour_cloture, jour_cloture_paris]) j
    where j is not null;
set session_replication_role = default;
"""


# Two parts, four messages each; the instructeur took a quarter of them, both read two of three.
HEAVY = """
set session_replication_role = replica;
insert into demandes (formulaire, auteur, groupe, departement, titre, description, usager_prenom, usager_nom,
        usager_naissance, repere, is_repere_entier, sent_at, last_aidant_at, last_public_at, last_prive_at)
    select gen_random_uuid(), a.agent, a.groupe, a.departement, 'Demande lourde ' || n, repeat('Texte de charge. ', 20),
        'Prénom' || n % 977, 'Nom' || n % 1009, '1970', 'demande lourde ' || n || repeat(' texte de charge.', 20), true,
        at, at, at + interval '4 hours', at + interval '4 hours'
    from generate_series(1, {lourdes}) n cross join lourd_aidant a
    cross join lateral (select now() - (n % 300) * interval '1 day' - n * interval '1 minute' as at) t;
insert into sollicitations (demande, groupe, solicited_at, opened_at, late_at, taken_by, traitee_at, replied_at)
    select d.numero, i.groupe, d.sent_at, d.sent_at, case when d.numero % 9 <> 0 and d.sent_at > now() - interval '60 days'
            then d.sent_at + interval '5 days' end,
        case when d.numero % 4 = 0 then i.agent end,
        case when d.numero % 9 = 0 then d.sent_at + interval '2 days' end,
        case when d.numero % 3 = 0 then d.sent_at + interval '1 day' end
    from demandes d cross join lourd_instructeur i where d.titre like 'Demande lourde%';
insert into sollicitations (demande, groupe, solicited_at, opened_at)
    select d.numero, g.id, d.sent_at, d.sent_at
    from demandes d
    join (select g.id, row_number() over (order by g.id) as rang from groupes g
        where g.nom like 'Groupe %' and g.id <> (select groupe from lourd_instructeur)) g on g.rang = 1 + d.numero % 999
    where d.titre like 'Demande lourde%';
insert into messages (demande, cle, auteur, cote, nature, texte, repere, sent_at)
    select d.numero, gen_random_uuid(), case when k % 2 = 0 then d.auteur else i.agent end,
        case when k % 2 = 0 then 'aidant' else 'instructeur' end, 'reponse', 'Message de charge ' || k,
        'message de charge', d.sent_at + k * interval '1 hour'
    from demandes d cross join lourd_instructeur i cross join generate_series(1, 4) k
    where d.titre like 'Demande lourde%';
insert into lectures (demande, agent, first_at, last_at)
    select d.numero, a.agent, d.sent_at + interval '1 hour', d.sent_at + (d.numero % 7) * interval '1 hour'
    from demandes d cross join (table lourd_aidant union all table lourd_instructeur) a
    where d.titre like 'Demande lourde%' and d.numero % 3 <> 0;
update agents a set cgu_version = i.cgu_version, cgu_accepted_at = i.cgu_accepted_at
    from agents i where i.email = 'ines@exemple.fr'
    and a.id in (select agent from lourd_aidant union select agent from lourd_instructeur);
set session_replication_role = default;
"""
# Who they are: the first of the crowd.
WHO_IS_HEAVY = """
create or replace view lourd_aidant as select a.id as agent, m.groupe, a.departement
    from agents a join adhesions m on m.agent = a.id and m.is_aidant where a.email like 'foule%' order by a.id limit 1;
create or replace view lourd_instructeur as select a.id as agent, m.groupe, a.departement
    from agents a join adhesions m on m.agent = a.id and m.is_instructeur where a.email like 'foule%' order by a.id limit 1;
"""


# One every forty minutes, the last erased forty days ago; a third were read to the end.
OLD = """
set session_replication_role = replica;
insert into demandes (formulaire, auteur, groupe, departement, sent_at, last_aidant_at, last_public_at, last_prive_at,
        closed_at, erased_at)
    select gen_random_uuid(), a.id, m.groupe, a.departement, at, at, at, at, at + interval '20 days', at + interval '110 days'
    from generate_series(1, {passees}) n cross join agents a join adhesions m on m.agent = a.id and m.is_aidant
    cross join lateral (select now() - interval '150 days' - n * interval '40 minutes' as at) t
    where a.email = 'aida@exemple.fr';
insert into sollicitations (demande, groupe, solicited_at, opened_at, taken_by, closed_at, erased_at)
    select d.numero, m.groupe, d.sent_at, d.sent_at, m.agent, d.closed_at, d.erased_at
    from demandes d cross join agents i join adhesions m on m.agent = i.id and m.is_instructeur
    where d.erased_at is not null and d.titre = '' and i.email = 'ines@exemple.fr';
insert into lectures (demande, agent, first_at, last_at)
    select d.numero, a.id, d.sent_at, d.closed_at from demandes d cross join agents a
    where d.erased_at is not null and d.numero % 3 = 0 and a.email in ('aida@exemple.fr', 'ines@exemple.fr')
    on conflict do nothing;
set session_replication_role = default;
"""


async def load(demandes: int, lourdes: int = 0, passees: int = 0) -> None:
    """The seed, then the background around it, then the heavy agents, then the years behind an old groupe."""
    settings = get_settings()
    url = database.find_database_url(settings)
    await database.open_pool(url, 2)
    await migrate.migrate(url)
    await load_referentiel()
    await seed()
    started = time.monotonic()
    async with database.ENGINE.connection() as connection:
        sql = BACKGROUND.format(demandes=demandes, agents=max(1000, demandes // 10))
        if lourdes:
            sql += WHO_IS_HEAVY + HEAVY.format(lourdes=lourdes)
        if passees:
            sql += OLD.format(passees=passees)
        for statement in sql.split(";\n"):
            if statement.strip():
                await connection.execute(statement, timeout=1800)
        await connection.execute("vacuum analyze", timeout=1800)
    print(f"{demandes} demandes loaded in {time.monotonic() - started:.0f} s")
    await database.close_pool()


if __name__ == "__main__":
    asyncio.run(load(*map(int, sys.argv[1:])))
