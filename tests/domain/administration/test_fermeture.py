"""A groupe ends: what is open is handed over, said in the threads, told; merging keeps people, facts and delays."""

from datetime import datetime
from typing import Any

import pytest

from app import database
from app.domain.administration.fermeture import FinDeGroupe, end_groupe, plan_fermeture, reopen_groupe
from app.domain.administration.groupes import GroupeSaisi, create_groupe, edit_groupe, list_codes
from app.domain.groupes.groupe import Groupe, get_groupe, list_codes_couverts
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.permissions import can_read_demande
from tests.cast import CAST
from tests.domain.scene import load, post, signed_as
from tests.factories import list_journal, list_told, make_demande

PART = "select * from sollicitations where demande = $1 and groupe = $2"


async def of(groupe: int, now: datetime) -> Groupe:
    return await get_groupe((await signed_as(CAST.ada, now)).droits, groupe)


async def make_caf(now: datetime, nom: str = "CAF 35", departements: str = "35") -> int:
    ada = await signed_as(CAST.ada, now)
    return await create_groupe(ada, GroupeSaisi(nom, CAST.organismes["caf"], departements), now)


async def end(groupe: int, fin: FinDeGroupe, heritier: int | None, now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    plan = await plan_fermeture(ada, groupe)
    await end_groupe(ada, await of(groupe, now), fin, heritier=heritier, vu=plan.empreinte, now=now)


async def part_of(numero: int, groupe: int) -> Any:
    return await database.fetch_one(PART, numero, groupe)


async def test_a_groupe_is_made_and_covers_what_is_typed(now: datetime) -> None:
    groupe = await make_caf(now, departements="35 ; 1,2a")
    assert await list_codes_couverts(groupe) == ["01", "2A", "35"]
    ada = await signed_as(CAST.ada, now)
    await edit_groupe(ada, await of(groupe, now), "CAF Bretagne", "22, 35", now)
    assert (await of(groupe, now)).nom == "CAF Bretagne"
    assert await list_codes_couverts(groupe) == ["22", "35"]
    assert [line["groupe"] for line in await list_journal("groupe_cree")] == [groupe]
    assert list_codes("  ") == [] and list_codes("22,22 / 974") == ["22", "974"]


@pytest.mark.parametrize(
    ("saisie", "champs"),
    [
        (("", None, ""), {"nom", "organisme", "departements"}),
        (("CAF 22", 1, "22"), {"nom"}),
        (("x" * 201, 1, "999, 22"), {"nom", "departements"}),
    ],
)
async def test_a_groupe_that_cannot_be_is_refused_beside_its_fields(
    now: datetime, saisie: tuple[str, int | None, str], champs: set[str]
) -> None:
    with pytest.raises(Invalide) as refused:
        await create_groupe(await signed_as(CAST.ada, now), GroupeSaisi(*saisie), now)
    assert set(refused.value.erreurs) == champs
    with pytest.raises(Refus):
        await create_groupe(await signed_as(CAST.rose, now), GroupeSaisi("CAF 35", 1, "35"), now)


async def test_closing_asks_the_heir_with_a_delay_of_its_own_and_ends_the_part(now: datetime) -> None:
    numero, traitee = await make_demande(now), await make_demande(now)
    await database.fetch(
        "update sollicitations set traitee_at = $1, late_at = null where demande = $2", now, traitee
    )
    heir = await make_caf(now)
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values ($1, $2, true, $3)",
        *(CAST.eve, heir, now),
    )
    await end(CAST.groupes.caf, FinDeGroupe.FERMER, heir, now)
    former, new = await part_of(numero, CAST.groupes.caf), await part_of(numero, heir)
    assert former["declinee_at"] == now and new["solicited_at"] == now and new["late_at"] > now
    assert await part_of(traitee, heir) is None
    ines, eve = await signed_as(CAST.ines, now), await signed_as(CAST.eve, now)
    with pytest.raises(Introuvable):
        await load(ines, numero)
    assert can_read_demande(eve.droits, (await load(eve, numero)).parties)
    assert await list_told("demande_confiee") == {"eve@exemple.fr"}
    assert await list_told("groupe_ferme") == {"ines@exemple.fr", "idir@exemple.fr", "rose@exemple.fr"}
    [line] = await database.fetch(
        "select texte, groupes_invites, cote from messages where demande = $1", numero
    )
    assert tuple(line) == ("Le groupe CAF 22 a fermé.", [heir], "plateforme")
    [ended] = await list_journal("groupe_ferme")
    assert ended["details"] == {"heritier": heir, "membres": 3}


async def test_what_a_closed_structure_had_sent_waits_for_an_aidant_of_the_heir(now: datetime) -> None:
    numero = await make_demande(now)
    await end(CAST.groupes.france_services, FinDeGroupe.FERMER, CAST.groupes.ccas_974, now)
    row = await database.fetch_one("select groupe, vacante_at from demandes where numero = $1", numero)
    assert row is not None and tuple(row) == (CAST.groupes.ccas_974, now)
    eve = await signed_as(CAST.eve, now)
    assert can_read_demande(eve.droits, (await load(eve, numero)).parties)


async def test_merging_keeps_people_facts_and_delays(now: datetime) -> None:
    numero, both = await make_demande(now), 0
    heir = await make_caf(now)
    both = await make_demande(now, groupes=(CAST.groupes.caf, heir))
    await database.fetch(
        "update sollicitations set traitee_at = $1, late_at = null where demande = $2 and groupe = $3",
        *(now, both, heir),
    )
    await post(CAST.ines, numero, now, "Nous regardons.")
    before = await part_of(numero, CAST.groupes.caf)
    await end(CAST.groupes.caf, FinDeGroupe.FUSIONNER, heir, now)
    after = await part_of(numero, heir)
    assert {**dict(after), "groupe": 0} == {**dict(before), "groupe": 0}
    ines = await signed_as(CAST.ines, now)
    assert ines.droits.instructeur == {heir}
    assert can_read_demande(ines.droits, (await load(ines, numero)).parties)
    assert (await part_of(both, CAST.groupes.caf))["declinee_at"] == now
    assert (await part_of(both, heir))["traitee_at"] is None and (await part_of(both, heir))["late_at"]
    assert await list_codes_couverts(heir) == ["22", "35"]
    assert await list_told("groupe_ferme") == {"ines@exemple.fr", "idir@exemple.fr", "rose@exemple.fr"}


async def test_an_heir_is_needed_of_the_right_kind_and_what_changed_is_asked_again(now: datetime) -> None:
    numero = await make_demande(now)
    ada, caf = await signed_as(CAST.ada, now), await of(CAST.groupes.caf, now)
    vu = (await plan_fermeture(ada, caf.id)).empreinte
    for fin, heritier in (
        (FinDeGroupe.FERMER, None),
        (FinDeGroupe.FUSIONNER, None),
        (FinDeGroupe.FUSIONNER, CAST.groupes.cpam),
        (FinDeGroupe.FERMER, CAST.groupes.france_services),
        (FinDeGroupe.FERMER, caf.id),
    ):
        with pytest.raises(Invalide, match="heritier"):
            await end_groupe(ada, caf, fin, heritier=heritier, vu=vu, now=now)
    await make_demande(now)
    with pytest.raises(Conflit, match="relisez"):
        await end_groupe(ada, caf, FinDeGroupe.FERMER, heritier=CAST.groupes.cpam, vu=vu, now=now)
    assert (await part_of(numero, caf.id))["declinee_at"] is None
    rose = await signed_as(CAST.rose, now)
    for act in (
        plan_fermeture(rose, caf.id),
        end_groupe(rose, caf, FinDeGroupe.FERMER, heritier=None, vu=vu, now=now),
        edit_groupe(rose, caf, "CAF", "22", now),
        reopen_groupe(rose, caf, now),
    ):
        with pytest.raises(Introuvable):
            await act


async def test_an_empty_groupe_closes_without_heir_and_opens_again(now: datetime) -> None:
    groupe = await make_caf(now)
    await end(groupe, FinDeGroupe.FERMER, None, now)
    with pytest.raises(Conflit, match="déjà fermé"):
        await end(groupe, FinDeGroupe.FERMER, None, now)
    ada = await signed_as(CAST.ada, now)
    await reopen_groupe(ada, await of(groupe, now), now)
    assert (await of(groupe, now)).is_active
    with pytest.raises(Conflit):
        await reopen_groupe(ada, await of(groupe, now), now)
