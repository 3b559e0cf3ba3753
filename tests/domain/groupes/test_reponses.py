"""Saved replies: who writes them, what they may hold, how they become an answer."""

from datetime import datetime

import pytest

from app.domain.groupes import reponses
from app.domain.groupes.reponses import Reponse
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.domain.groupes.equipe import groupe_of
from tests.domain.scene import signed_as

TEXTE = "Bonjour, le dossier n°\u00a0[numéro] est complet. [prénom], [organisme]"


async def write(agent: int, now: datetime, titre: str = "Dossier complet", texte: str = TEXTE) -> None:
    signed = await signed_as(agent, now)
    await reponses.save_reponse(signed, await groupe_of(signed, CAST.groupes.caf), titre, texte, now)


async def test_colleagues_share_them_and_find_them_by_their_words(now: datetime) -> None:
    await write(CAST.ines, now)
    await write(CAST.idir, now, "Pièce manquante", "Il manque l’avis d’impôt.")
    idir, ivan = await signed_as(CAST.idir, now), await signed_as(CAST.ivan, now)
    caf = CAST.groupes.caf
    assert [r.titre for r in await reponses.list_reponses(idir.droits, [caf])] == [
        *("Dossier complet", "Pièce manquante"),
    ]
    for words, titles in (
        ("AVIS d’impot", ["Pièce manquante"]),
        ("complet", ["Dossier complet"]),
        ("zz", []),
    ):
        assert [r.titre for r in await reponses.list_reponses(idir.droits, [caf], words)] == titles
    assert await reponses.list_reponses(ivan.droits, [caf]) == []


async def test_any_instructeur_of_the_groupe_changes_and_takes_away(now: datetime) -> None:
    await write(CAST.ines, now)
    idir = await signed_as(CAST.idir, now)
    groupe = await groupe_of(idir, CAST.groupes.caf)
    [kept] = await reponses.list_reponses(idir.droits, [groupe.id])
    await reponses.save_reponse(idir, groupe, "Autre", "Autre texte.", now, reponse=kept.id)
    assert (await reponses.get_reponse(idir.droits, groupe.id, kept.id)).texte == "Autre texte."
    await reponses.delete_reponse(idir, groupe, kept.id)
    for call in (
        reponses.get_reponse(idir.droits, groupe.id, kept.id),
        reponses.delete_reponse(idir, groupe, kept.id),
        reponses.save_reponse(idir, groupe, "Autre", "Texte.", now, reponse=kept.id),
    ):
        with pytest.raises(Introuvable):
            await call


async def test_a_reply_of_another_groupe_is_out_of_reach(now: datetime) -> None:
    await write(CAST.ines, now)
    ines, ivan = await signed_as(CAST.ines, now), await signed_as(CAST.ivan, now)
    [kept] = await reponses.list_reponses(ines.droits, [CAST.groupes.caf])
    cpam = await groupe_of(ivan, CAST.groupes.cpam)
    with pytest.raises(Introuvable):
        await reponses.save_reponse(ivan, cpam, "Volée", "Texte.", now, reponse=kept.id)
    with pytest.raises(Introuvable):
        await reponses.delete_reponse(ivan, cpam, kept.id)
    rose = await signed_as(CAST.rose, now)
    with pytest.raises(Refus):
        await reponses.save_reponse(rose, await groupe_of(rose, CAST.groupes.caf), "Titre", "Texte.", now)


@pytest.mark.parametrize(
    ("titre", "texte", "champ"),
    [
        ("", "Texte.", "titre"),
        ("Titre", " ", "texte"),
        ("T" * 121, "Texte.", "titre"),
        ("Titre", "T" * 4_001, "texte"),
        ("Titre", "NIR 2 55 08 14 168 025 38 de l’usagère.", "texte"),
        ("Titre", "Compte FR76 3000 6000 0112 3456 7890 189.", "texte"),
    ],
)
async def test_it_is_short_and_holds_nothing_of_an_usager(
    titre: str, texte: str, champ: str, now: datetime
) -> None:
    with pytest.raises(Invalide) as refused:
        await write(CAST.ines, now, titre, texte)
    assert list(refused.value.erreurs) == [champ]


async def test_it_may_say_how_to_reach_the_service(now: datetime) -> None:
    await write(CAST.ines, now, texte="Écrivez à caf22@exemple.fr ou au 02 96 11 22 33.")


async def test_a_groupe_keeps_a_bounded_number(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reponses, "REPONSES_MAX", 1)
    await write(CAST.ines, now)
    with pytest.raises(Invalide):
        await write(CAST.ines, now, "Pièce manquante")


async def test_the_very_same_reply_again_is_a_repeat(now: datetime) -> None:
    await write(CAST.ines, now)
    await write(CAST.ines, now)
    await write(CAST.ines, now, texte="Un autre texte.")
    ines = await signed_as(CAST.ines, now)
    kept = await reponses.list_reponses(ines.droits, [CAST.groupes.caf])
    assert sorted(r.texte for r in kept) == sorted([TEXTE, "Un autre texte."])


async def test_an_old_page_undoes_no_colleague(now: datetime) -> None:
    await write(CAST.ines, now)
    ines, idir = await signed_as(CAST.ines, now), await signed_as(CAST.idir, now)
    caf = await groupe_of(ines, CAST.groupes.caf)
    [old] = await reponses.list_reponses(ines.droits, [caf.id])
    await reponses.save_reponse(idir, caf, old.titre, "Mieux dit.", now, reponse=old.id, vu=old.vu)
    for act in (
        reponses.save_reponse(ines, caf, old.titre, "Tout autre.", now, reponse=old.id, vu=old.vu),
        reponses.delete_reponse(ines, caf, old.id, vu=old.vu),
    ):
        with pytest.raises(Conflit):
            await act
    again = await reponses.get_reponse(ines.droits, caf.id, old.id)
    assert again.texte == "Mieux dit."
    await reponses.delete_reponse(ines, caf, old.id, vu=again.vu)


def test_variables_are_said_after_what_was_typed() -> None:
    reply = Reponse(1, 2, "CAF 22", "Titre", TEXTE)
    said = reponses.write_in("", reply, numero=4812, prenom="Inès")
    assert said == "Bonjour, le dossier n°\u00a04812 est complet. Inès, CAF 22"
    assert reponses.write_in("Déjà écrit. \n", reply, numero=4812, prenom="Inès") == f"Déjà écrit.\n\n{said}"
