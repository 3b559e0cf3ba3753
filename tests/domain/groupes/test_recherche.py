"""Groupes and agents are found by name by who reads no content, as far as their pages open (product §6)."""

from datetime import datetime

import pytest

from app import database
from app.domain.groupes.recherche import find_agents, find_groupes
from app.domain.listes.criteres import motifs_of
from app.domain.mots.folding import fold
from app.domain.regles.permissions import Droits
from tests.cast import CAST, PEOPLE
from tests.domain.scene import signed_as


async def droits_of(who: str, now: datetime) -> Droits:
    return (await signed_as(getattr(CAST, who), now)).droits


async def groupes(who: str, q: str, now: datetime) -> dict[str, bool]:
    return {g.nom: g.is_ouvert for g in await find_groupes(await droits_of(who, now), motifs_of(q))}


async def agents(who: str, q: str, now: datetime) -> dict[str, int]:
    return {a.nom: a.groupe for a in await find_agents(await droits_of(who, now), motifs_of(q))}


async def test_a_responsable_finds_her_groupe_and_its_members(now: datetime) -> None:
    assert await groupes("rose", "CAF", now) == {"CAF 22": True}
    assert await groupes("rose", "callac", now) == {"France Services Callac": True}
    assert await groupes("rose", "allocations familiales", now) == {"CAF 22": True}, "by its organisme"
    assert await groupes("rose", "cpam", now) == {}
    assert await agents("rose", "le gôff", now) == {"Inès Le Goff": CAST.groupes.caf}
    assert await agents("rose", "aïda", now) == {"Aïda Kerjean": CAST.groupes.france_services}
    assert await agents("rose", "ivan", now) == {}, "he is a member of neither of her groupes"


async def test_an_administrateur_finds_every_groupe_and_agent(now: datetime) -> None:
    assert {"CAF 22", "CPAM 22"} <= set(await groupes("ada", "22", now))
    assert await agents("ada", "payet ève", now) == {
        "Ève Payet": min(CAST.groupes.cpam_974, CAST.groupes.ccas_974)
    }
    await database.fetch(
        "update groupes set deactivated_at = :now where id = :caf", now=now, caf=CAST.groupes.caf
    )
    [caf] = await find_groupes(await droits_of("ada", now), motifs_of("caf 22"))
    assert not caf.is_active


async def test_a_pilote_finds_the_groupes_of_the_scope_and_nobody_by_name(now: datetime) -> None:
    [caf] = await find_groupes(await droits_of("paul", now), motifs_of("caf 22"))
    assert (caf.nom, caf.is_ouvert, caf.departement) == ("CAF 22", False, CAST.departements["22"])
    assert await groupes("paul", "974", now) == {}, "outside the scope"
    assert await groupes("paul", "callac", now) == {}, "the structures of aidants are in no deployment"
    assert await agents("paul", "ines", now) == {}


async def test_nobody_else_finds_a_groupe_or_an_agent(now: datetime) -> None:
    found = {who for who in PEOPLE if await groupes(who, "22", now) or await agents(who, "e", now)}
    assert found == {"rose", "ada", "paul"}


async def test_no_word_finds_nothing_and_signs_are_text(now: datetime) -> None:
    for q in ("", "   ", "%", "_"):
        assert await groupes("ada", q, now) == {}
        assert await agents("ada", q, now) == {}


@pytest.mark.parametrize(
    "nom",
    [
        "N´Guessan O`Neil O′Brien Oʻahu Oʼuvéa N‘Diaye d＇Or L’Haÿ",
        "Œuvre des Sœurs de Lætitia-Noëlle–Zoé",
        "Škoda Łukasz Đặng Ñandú Çelik Žižek Øyvind Weiß Kovačić Müller Yağmur",
        "Maison\u00a0de l’Emploi\u202f22",
    ],
)
async def test_names_are_folded_alike_in_the_base_and_by_the_site(nom: str) -> None:
    [row] = await database.fetch("select plier(:nom) as plie", nom=nom.replace("ặ", "a"))
    assert row["plie"] == fold(nom)
