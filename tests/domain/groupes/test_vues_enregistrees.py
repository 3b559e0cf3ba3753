"""Saved views: whose they are, who changes them, how many, and what they never hold."""

from dataclasses import replace
from datetime import datetime

import pytest

from app import database
from app.domain.groupes.vues_enregistrees import VUES_MAX, delete_vue, list_vues, rename_vue, save_vue
from app.domain.listes.boites import MIENNES, RECUES, Boite, list_demandes
from app.domain.listes.criteres import Criteres, enregistrables
from app.domain.oubli.genres import A_DAY, AGENT_DAYS, GenreRangee
from app.domain.regles.errors import Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.domain.scene import signed_as

URGENTES = "onglet=en-cours&urgentes=1"


async def seen(agent: int, now: datetime, boite: Boite = RECUES) -> list[tuple[str, str]]:
    """What stands above the filters of this agent: the name, and for which groupe."""
    liste = await list_demandes(boite, (await signed_as(agent, now)).droits, Criteres(), now)
    return [(vue.nom, vue.groupe_nom) for vue in liste.vues]


async def test_a_view_is_its_agent_s_alone(now: datetime) -> None:
    ines, idir = await signed_as(CAST.ines, now), await signed_as(CAST.idir, now)
    for _ in range(2):  # the very same again is a repeat
        await save_vue(ines, "recues", URGENTES, "Urgentes", now)
    assert await seen(CAST.ines, now) == [("Urgentes", "")]
    assert await seen(CAST.ines, now, MIENNES) == []
    assert await seen(CAST.idir, now) == []
    [vue] = await list_vues(ines.droits)
    with pytest.raises(Introuvable):
        await rename_vue(idir, vue.id, "À moi", now)
    with pytest.raises(Introuvable):
        await delete_vue(idir, vue.id)
    await rename_vue(ines, vue.id, "À traiter d’abord", now)
    assert await seen(CAST.ines, now) == [("À traiter d’abord", "")]
    await delete_vue(ines, vue.id)
    assert await seen(CAST.ines, now) == []


async def test_a_groupe_s_view_is_made_by_a_responsable_and_seen_by_its_members(now: datetime) -> None:
    caf = CAST.groupes.caf
    rose, ines = await signed_as(CAST.rose, now), await signed_as(CAST.ines, now)
    with pytest.raises(Refus):
        await save_vue(ines, "recues", URGENTES, "Urgentes", now, groupe=caf)
    await save_vue(rose, "recues", URGENTES, "Urgentes", now, groupe=caf)
    assert await seen(CAST.ines, now) == await seen(CAST.idir, now) == [("Urgentes", "CAF 22")]
    assert await seen(CAST.ivan, now) == await seen(CAST.eve, now) == []
    [vue] = await list_vues(rose.droits)
    assert await list_vues(ines.droits) == []
    with pytest.raises(Introuvable):
        await delete_vue(ines, vue.id)
    await database.fetch("update adhesions set is_responsable = false where agent = :agent", agent=CAST.rose)
    for act in (
        rename_vue(rose, vue.id, "Autre", now),
        delete_vue(rose, vue.id),
    ):  # by the rights of this moment
        with pytest.raises(Introuvable):
            await act
    with pytest.raises(Refus):
        await save_vue(rose, "recues", URGENTES, "Autre", now, groupe=caf)


async def test_a_name_given_meanwhile_by_another_responsable_is_said_before_it_is_changed(
    now: datetime,
) -> None:
    rose = await signed_as(CAST.rose, now)
    await save_vue(rose, "recues", "", "Urgentes", now, groupe=CAST.groupes.caf)
    [vue] = await list_vues(rose.droits)
    await rename_vue(rose, vue.id, "Les urgentes", now, vu="Urgentes")
    with pytest.raises(Invalide) as refused:
        await rename_vue(rose, vue.id, "Pressées", now, vu="Urgentes")
    assert (
        refused.value.erreurs["nom"] == "Elle a été renommée entre-temps\u00a0: «\u00a0Les urgentes\u00a0»."
    )
    await rename_vue(rose, vue.id, "Les urgentes", now, vu="Urgentes")  # what it says already
    await rename_vue(rose, vue.id, "Pressées", now, vu="Les urgentes")
    assert [one.nom for one in await list_vues(rose.droits)] == ["Pressées"]


async def test_their_number_is_bounded_and_two_names_differ(now: datetime) -> None:
    ines = await signed_as(CAST.ines, now)
    for n in range(VUES_MAX):
        await save_vue(ines, "recues", f"onglet=en-cours&page={n}", f"Vue {chr(97 + n)}", now)
    with pytest.raises(Invalide, match="nom"):
        await save_vue(ines, "recues", URGENTES, "Une de trop", now)
    with pytest.raises(Invalide, match="nom"):
        await save_vue(ines, "recues", URGENTES, "Vue a", now)
    vues = await list_vues(ines.droits)
    assert len(vues) == VUES_MAX
    with pytest.raises(Invalide, match="nom"):
        await rename_vue(ines, vues[0].id, "Vue b", now)
    await rename_vue(ines, vues[0].id, "Vue a", now)  # its own name is no other one
    await rename_vue(ines, vues[0].id, "Vue z", now)
    assert "Vue z" in {vue.nom for vue in await list_vues(ines.droits)}


@pytest.mark.parametrize("nom", ["", "x" * 61, "martine@exemple.fr", "06 12 34 56 78"])
async def test_a_name_says_something_and_names_nobody(nom: str, now: datetime) -> None:
    ines = await signed_as(CAST.ines, now)
    with pytest.raises(Invalide):
        await save_vue(ines, "recues", URGENTES, nom, now)
    await save_vue(ines, "recues", URGENTES, "Urgentes", now)
    [vue] = await list_vues(ines.droits)
    with pytest.raises(Invalide):
        await rename_vue(ines, vue.id, nom, now)


async def test_a_too_long_address_is_refused(now: datetime) -> None:
    with pytest.raises(Invalide):
        await save_vue(await signed_as(CAST.ines, now), "recues", "organisme=" + "a" * 400, "Longue", now)


def test_the_words_searched_are_never_kept() -> None:
    asked = Criteres(onglet="en-cours", is_urgente=True, departement="2A", organisme="caf", tri="recentes")
    typed = replace(asked, q="Martine Dubois", page=3)
    assert enregistrables(typed) == asked


async def test_it_goes_with_its_agent(now: datetime) -> None:
    await save_vue(await signed_as(CAST.ines, now), "recues", URGENTES, "Urgentes", now)
    await save_vue(
        await signed_as(CAST.rose, now), "recues", URGENTES, "Urgentes", now, groupe=CAST.groupes.caf
    )
    sejour = GenreRangee.VUES.fiche
    count = f"select count(*) as n from vues_enregistrees r where {sejour.passe}"
    await database.fetch("update agents set deactivated_at = :now", now=now)
    [kept] = await database.fetch(count, before=now + A_DAY - AGENT_DAYS)
    [gone] = await database.fetch(count, before=now + A_DAY)
    assert (kept["n"], gone["n"]) == (0, 1)  # what a groupe keeps stays with it
