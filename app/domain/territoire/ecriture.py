"""The referentiel of the base: read whole, and written over by another content. The rows are what every page reads."""

import json
from collections.abc import Collection
from datetime import date

from app import database, referentiel
from app.domain.territoire.contenu import (
    Contenu,
    Sorte,
    as_rows,
    calendar_of,
    contenu_of,
    jours_of,
)
from app.domain.territoire.jours_feries import add_calendriers

READ = """
select
    coalesce((select json_agg(json_build_object('code', code, 'nom', nom, 'description', description,
        'is_retire', is_retire) order by rang, id) from themes), '[]') as themes,
    coalesce((select json_agg(json_build_object('code', s.code, 'theme', t.code, 'nom', s.nom,
        'organismes', s.organismes, 'documents', s.documents, 'essayez', s.essayez, 'mots', coalesce(s.mots, '{}'),
        'depuis', coalesce(s.depuis, ''), 'essais', coalesce(s.essais, '{}'), 'attendu', coalesce(s.attendu, ''),
        'is_retire', s.is_retire)
        order by s.rang, s.id) from sujets s join themes t on t.id = s.theme), '[]') as sujets,
    coalesce((select json_agg(json_build_object('code', code, 'sigle', sigle, 'nom', nom, 'is_aidant', is_aidant,
        'description', description, 'champs', champs, 'is_nir_autorise', is_nir_autorise, 'themes', themes,
        'is_retire', is_retire) order by code) from organismes), '[]') as organismes,
    coalesce((select json_agg(json_build_array(code, calendrier) order by code)
        from departements where calendrier like '%;%'), '[]') as jours
"""
PUT_THEMES = """
insert into themes (code, rang, nom, description, is_retire)
select x.code, x.rang, x.nom, x.description, x.is_retire
from jsonb_to_recordset(:rows::jsonb)
    as x(code text, rang int, nom text, description text, is_retire boolean)
on conflict (code) do update set rang = excluded.rang, nom = excluded.nom, description = excluded.description,
    is_retire = excluded.is_retire
"""
PUT_SUJETS = """
insert into sujets (code, theme, rang, nom, organismes, documents, essayez, mots, depuis, essais, attendu, is_retire)
select x.code, t.id, x.rang, x.nom, x.organismes, x.documents, x.essayez, x.mots, x.depuis, x.essais, x.attendu,
    x.is_retire
from jsonb_to_recordset(:rows::jsonb) as x(code text, theme text, rang int, nom text, organismes text[],
    documents text[], essayez text, mots text[], depuis text, essais varchar(40)[], attendu text, is_retire boolean)
join themes t on t.code = x.theme
on conflict (code) do update set theme = excluded.theme, rang = excluded.rang, nom = excluded.nom,
    organismes = excluded.organismes, documents = excluded.documents, essayez = excluded.essayez,
    mots = excluded.mots, depuis = excluded.depuis, essais = excluded.essais, attendu = excluded.attendu,
    is_retire = excluded.is_retire
"""
PUT_ORGANISMES = """
insert into organismes (code, sigle, nom, description, is_aidant, is_nir_autorise, champs, themes, is_retire)
select x.code, x.sigle, x.nom, x.description, x.is_aidant, x.is_nir_autorise, x.champs, x.themes, x.is_retire
from jsonb_to_recordset(:rows::jsonb) as x(code text, sigle text, nom text, description text, is_aidant boolean,
    is_nir_autorise boolean, champs text[], themes text[], is_retire boolean)
on conflict (code) do update set sigle = excluded.sigle, nom = excluded.nom, description = excluded.description,
    is_aidant = excluded.is_aidant, is_nir_autorise = excluded.is_nir_autorise, champs = excluded.champs,
    themes = excluded.themes, is_retire = excluded.is_retire
"""
DROP_SUJETS = "delete from sujets where code = any(:codes)"
DROP_ORGANISMES = "delete from organismes where code = any(:codes)"
DROP_THEMES = "delete from themes where code = any(:codes)"
SET_CALENDRIERS = """
update departements d set calendrier = x.calendrier
from unnest(:codes::text[], :calendriers::text[]) as x(code, calendrier)
where d.code = x.code
"""
# Demandes first, as every act locks them: what waits for a first answer after the day that changed.
HOLD = """
select d.numero from demandes d join departements p on p.id = d.departement
where p.code = any(:codes) and d.closed_at is null and exists (select from sollicitations s
    where s.demande = d.numero and s.late_at >= :since)
order by d.numero for no key update of d
"""
# A deadline of fifteen days knows no holiday: only those of three working days are counted anew.
MOVE = """
update sollicitations s set late_at = limite_premiere_reponse(x.apres, p.fuseau, s.solicited_at)
from unnest(:codes::text[], :avant::text[], :apres::text[]) as x(code, avant, apres)
join departements p on p.code = x.code
join demandes d on d.departement = p.id and d.closed_at is null
where s.demande = d.numero and s.late_at >= :since
    and s.late_at = limite_premiere_reponse(x.avant, p.fuseau, s.solicited_at)
"""
MEASURE = """
update suivis s set limite_at = limite_premiere_reponse(p.calendrier, p.fuseau, s.solicited_at)
from departements p where p.id = s.departement and p.code = any(:codes) and s.limite_at >= :since
"""


async def read_courant() -> Contenu:
    """What every page reads today."""
    row = await database.fetch_one(READ)
    assert row is not None
    rows = {sorte.value: json.loads(row[sorte.value]) for sorte in Sorte if sorte.is_retirable}
    contenu = contenu_of({**rows, Sorte.JOURS.value: []})
    for code, calendrier in json.loads(row[Sorte.JOURS.value]):
        contenu = contenu.put(Sorte.JOURS, jours_of(code, calendrier))
    return contenu


async def write_courant(avant: Contenu, apres: Contenu, since: date) -> None:
    """Write `apres` over `avant`, in the transaction of the caller; deadlines from `since` on follow new holidays.

    Raises a foreign key error when something that goes has just been used.
    """
    # A sujet names its thème: it is written after it, and goes before it.
    for sorte, put in (
        (Sorte.ORGANISMES, PUT_ORGANISMES),
        (Sorte.THEMES, PUT_THEMES),
        (Sorte.SUJETS, PUT_SUJETS),
    ):
        if avant.list_of(sorte) == apres.list_of(sorte):
            continue
        rows = [{**row, "rang": rang} for rang, row in enumerate(as_rows(apres)[sorte.value], start=1)]
        await database.fetch(put, rows=json.dumps(rows))
    for sorte, drop in (
        (Sorte.SUJETS, DROP_SUJETS),
        (Sorte.ORGANISMES, DROP_ORGANISMES),
        (Sorte.THEMES, DROP_THEMES),
    ):
        gone = [one.code for one in avant.list_of(sorte) if apres.find(sorte, one.code) is None]
        if gone:
            await database.fetch(drop, codes=gone)
    changed = [
        departement.code
        for departement in referentiel.departements()
        if avant.find(Sorte.JOURS, departement.code) != apres.find(Sorte.JOURS, departement.code)
    ]
    if changed:
        await _move_days(changed, avant, apres, since)


async def _move_days(codes: Collection[str], avant: Contenu, apres: Contenu, since: date) -> None:
    former = [calendar_of(code, avant.find(Sorte.JOURS, code)) for code in codes]
    wanted = [calendar_of(code, apres.find(Sorte.JOURS, code)) for code in codes]
    await add_calendriers(wanted)
    await database.fetch(SET_CALENDRIERS, codes=list(codes), calendriers=wanted)
    await database.fetch(HOLD, codes=list(codes), since=since)
    await database.fetch(MOVE, codes=list(codes), avant=former, apres=wanted, since=since)
    await database.fetch(MEASURE, codes=list(codes), since=since)
