"""Drafts: one's own alone, sealed, one per form, never brought back by a late save (product §5, §7; quality R5, S8)."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import (
    BROUILLONS_MAX,
    OCTETS_MAX,
    Brouillon,
    BrouillonAilleurs,
    erase_brouillon,
    find_formulaire,
    save_brouillon,
)
from app.domain.demandes.mes_brouillons import list_brouillons
from app.domain.echanges.redaction import open_redaction
from app.domain.oubli.menages import forget_rows
from app.domain.regles.errors import Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.domain.formulaire_rempli import saisie_of, send
from tests.domain.scene import HOUR, load, post_message, signed_as, typed
from tests.factories import erase_demandes, make_demande

CANARI = "Zéphyrine-Canari-7391"


async def count(cle: UUID) -> int:
    return len(await database.fetch("select 1 from brouillons where id = :cle", cle=cle))


async def get_own(signed: Signed, cle: UUID) -> Brouillon:
    """The draft of this form, which must be there."""
    brouillon = (await find_formulaire(signed, cle)).brouillon
    assert brouillon is not None
    return brouillon


async def kept_answer(signed: Signed, numero: int, now: datetime) -> Brouillon | None:
    return (await open_redaction(signed, await load(signed, numero), now)).brouillon


async def mark_sent(formulaire: UUID, now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update demandes set formulaire = :formulaire where numero = :numero",
        formulaire=formulaire,
        numero=numero,
    )


# --- What is kept ------------------------------------------------------------------------------------------------


async def test_draft_gives_back_every_field_but_the_csrf(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    champs = {"titre": ["AAH"], "groupes": ["3", "5"], "description": ["a\nb « c »"], "csrf": ["jeton"]}
    assert await save_brouillon(aida, cle, champs, None, now)
    kept = await get_own(aida, cle)
    assert kept.champs == {"titre": ["AAH"], "groupes": ["3", "5"], "description": ["a\nb « c »"]}
    assert (kept.demande, kept.updated_at, kept.erased_at) == (None, now, now + timedelta(days=7))


async def test_same_form_saved_again_is_one_draft_and_starts_seven_days_again(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    await save_brouillon(aida, cle, {"titre": ["un"]}, None, now)
    await save_brouillon(aida, cle, {"titre": ["deux"]}, None, now + HOUR)
    assert [(r.titre, r.updated_at) for r in await list_brouillons(aida)] == [("deux", now + HOUR)]


async def test_older_save_that_ends_last_changes_nothing(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    await save_brouillon(aida, cle, {"titre": ["le dernier mot"]}, None, now + HOUR)
    assert await save_brouillon(aida, cle, {"titre": ["parti avant"]}, None, now)
    assert (await get_own(aida, cle)).texte("titre") == "le dernier mot"


async def test_two_tabs_are_two_drafts_listed_last_written_first(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    champs = {
        "titre": ["premier"],
        "departement": [str(CAST.departements["22"])],
        "prenom": ["Luc"],
        "nom": ["Roy"],
    }
    await save_brouillon(aida, uuid4(), champs, None, now)
    await save_brouillon(aida, uuid4(), {"departement": ["²"], "precision": ["x"]}, None, now + HOUR)
    second, first = await list_brouillons(aida)
    assert (first.titre, first.departement, first.usager) == ("premier", "Côtes-d’Armor (22)", "Luc Roy")
    assert (second.titre, second.departement, second.usager) == ("", "", "")


async def test_a_draft_is_told_apart_by_its_sujet_and_its_organismes(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    row = await database.fetch_one("select id, nom from sujets where code = 'rsa_suspendu'")
    assert row is not None
    groupes = [str(CAST.groupes.caf), str(CAST.groupes.cpam), "²", "999999"]
    chosen = {"sujet": [str(row["id"])], "groupes": groupes, "prenom": ["Luc"]}
    await save_brouillon(aida, uuid4(), chosen, None, now)
    [shown] = await list_brouillons(aida)
    assert (shown.sujet, shown.organismes) == (row["nom"], "CAF 22, CPAM 22")


CHOISI = {
    "structure": ["1"],
    "sujet": ["3"],
    "groupes": ["1", "2"],
    "mandat": ["papier"],
    "mandat_le": ["2026-11-24"],
    "urgence": ["normale"],
    "titre": [""],
}


async def test_a_sujet_alone_is_kept_and_is_no_draft(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    await save_brouillon(aida, cle, CHOISI, None, now)
    assert (await get_own(aida, cle)).texte("sujet") == "3", "a refresh finds the choice"
    assert await list_brouillons(aida) == []
    # One word makes a draft, and it stays one when the word is taken back.
    for titre in ("AAH", ""):
        await save_brouillon(aida, cle, {**CHOISI, "titre": [titre]}, None, now)
        assert len(await list_brouillons(aida)) == 1


async def test_a_sujet_alone_is_a_draft_for_who_asks_for_one(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    await save_brouillon(aida, uuid4(), CHOISI, None, now, is_asked=True)
    assert len(await list_brouillons(aida)) == 1


async def test_forms_begun_are_few_and_take_no_room(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    for n in range(25):
        await save_brouillon(aida, uuid4(), CHOISI, None, now + n * HOUR)
    (row,) = await database.fetch("select count(*) as kept from brouillons")
    assert row["kept"] == 21


async def test_nothing_of_a_draft_is_readable_in_the_base(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    await save_brouillon(aida, cle, {"nom": [CANARI], "titre": [CANARI]}, None, now)
    row = await database.fetch_one(
        "select b.*, b::text as everything from brouillons b where id = :cle", cle=cle
    )
    assert row is not None
    for form in (CANARI.encode(), CANARI.encode().hex().encode(), b"titre"):
        assert form not in row["contenu_scelle"]
        assert form.decode() not in row["everything"]
    assert CANARI not in repr(await get_own(aida, cle)) + repr(await list_brouillons(aida))


async def test_content_moved_to_another_row_does_not_open(now: datetime) -> None:
    aida, eve = await signed_as(CAST.aida, now), await signed_as(CAST.eve, now)
    hers, stolen = uuid4(), uuid4()
    await save_brouillon(aida, hers, {"titre": [CANARI]}, None, now)
    await save_brouillon(eve, stolen, {"titre": ["à moi"]}, None, now)
    await database.fetch(
        "update brouillons set contenu_scelle = (select contenu_scelle from brouillons "
        "where id = :cle) where id = :stolen",
        cle=hers,
        stolen=stolen,
    )
    assert (await find_formulaire(eve, stolen)).brouillon is None
    assert await list_brouillons(eve) == []


# --- Whose it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["aline", "ines", "rose", "ada", "elie", "eve"])
async def test_nobody_else_reads_erases_or_overwrites_a_draft(who: str, now: datetime) -> None:
    aida, other, cle = await signed_as(CAST.aida, now), await signed_as(getattr(CAST, who), now), uuid4()
    await save_brouillon(aida, cle, {"titre": ["à Aïda"]}, None, now)
    suite = await find_formulaire(other, cle)
    assert (suite.brouillon, suite.numero, suite.is_foreign) == (None, None, True)
    assert await list_brouillons(other) == []
    assert not await erase_brouillon(other, cle)
    with pytest.raises((Introuvable, Refus)):
        await save_brouillon(other, cle, {"titre": ["volé"]}, None, now + HOUR)
    assert (await get_own(aida, cle)).texte("titre") == "à Aïda"


async def test_who_may_not_open_a_demande_drafts_none(now: datetime) -> None:
    with pytest.raises(Refus):
        await save_brouillon(await signed_as(CAST.paul, now), uuid4(), {"titre": ["x"]}, None, now)


async def test_who_may_not_read_a_demande_drafts_no_answer_to_it(now: datetime) -> None:
    rose, numero = await signed_as(CAST.rose, now), await make_demande(now)
    with pytest.raises(Refus):
        await save_brouillon(rose, uuid4(), {"texte": ["x"]}, await load(rose, numero), now)


# --- Answers ------------------------------------------------------------------------------------------------------


async def test_answer_is_one_draft_per_agent_and_demande(now: datetime) -> None:
    numero, other = await make_demande(now), await make_demande(now)
    ines, idir = await signed_as(CAST.ines, now), await signed_as(CAST.idir, now)
    last = uuid4()
    await save_brouillon(ines, uuid4(), {"texte": ["un"]}, await load(ines, numero), now)
    await save_brouillon(ines, last, {"texte": ["deux"]}, await load(ines, numero), now + HOUR)
    await save_brouillon(ines, uuid4(), {"texte": ["ailleurs"]}, await load(ines, other), now)
    await save_brouillon(idir, uuid4(), {"texte": ["d’Idir"]}, await load(idir, numero), now)
    kept = await kept_answer(ines, numero, now)
    assert kept is not None
    assert (kept.cle, kept.texte("texte")) == (last, "deux")
    assert {r.demande for r in await list_brouillons(ines)} == {numero, other}
    assert len(await list_brouillons(ines)) == 2


async def test_answer_emptied_is_erased(now: datetime) -> None:
    numero, cle = await make_demande(now), uuid4()
    ines = await signed_as(CAST.ines, now)
    await save_brouillon(ines, cle, {"texte": ["un mot"]}, await load(ines, numero), now)
    await save_brouillon(ines, cle, {"texte": [""]}, await load(ines, numero), now + HOUR)
    assert await kept_answer(ines, numero, now) is None


async def test_sending_an_answer_erases_its_draft_and_a_late_save_brings_nothing_back(now: datetime) -> None:
    numero, saisie = await make_demande(now), typed("Bonjour")
    ines = await signed_as(CAST.ines, now)
    await save_brouillon(ines, saisie.cle, {"texte": ["Bonj"]}, await load(ines, numero), now)
    await post_message(ines, await load(ines, numero), saisie, now + HOUR)
    assert await kept_answer(ines, numero, now) is None
    assert not await save_brouillon(
        ines, saisie.cle, {"texte": ["Bonjour"]}, await load(ines, numero), now + HOUR
    )
    assert await count(saisie.cle) == 0


async def test_another_text_for_the_same_demande_outlives_the_one_that_left(now: datetime) -> None:
    numero, saisie, other = await make_demande(now), typed("Bonjour"), uuid4()
    ines = await signed_as(CAST.ines, now)
    await save_brouillon(ines, other, {"texte": ["dans un autre onglet"]}, await load(ines, numero), now)
    await post_message(ines, await load(ines, numero), saisie, now)
    assert await count(other) == 1


# --- The end of a draft -------------------------------------------------------------------------------------------


async def test_late_save_of_a_demande_already_sent_brings_nothing_back(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    await mark_sent(cle, now)
    assert not await save_brouillon(aida, cle, {"titre": ["trop tard"]}, None, now)
    assert await count(cle) == 0


async def test_draft_goes_after_seven_days_untouched(now: datetime) -> None:
    aida, old, young = await signed_as(CAST.aida, now), uuid4(), uuid4()
    await save_brouillon(aida, old, {"titre": ["vieux"]}, None, now)
    await save_brouillon(aida, young, {"titre": ["jeune"]}, None, now + HOUR)
    await forget_rows(now + timedelta(days=7, minutes=1))
    assert (await count(old), await count(young)) == (0, 1)


async def test_too_long_or_too_many_is_refused_in_words(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    with pytest.raises(Invalide):
        await save_brouillon(aida, uuid4(), {"description": ["é" * (OCTETS_MAX // 2)]}, None, now)
    await save_brouillon(aida, uuid4(), {"description": ["é" * (OCTETS_MAX // 2 - 50)]}, None, now)
    for _ in range(BROUILLONS_MAX - 2):
        await database.fetch(
            "insert into brouillons (id, agent) values (:cle, :agent)", cle=uuid4(), agent=CAST.aida
        )
    last = uuid4()
    await save_brouillon(aida, last, {"titre": ["le centième"]}, None, now)
    with pytest.raises(Invalide):
        await save_brouillon(aida, uuid4(), {"titre": ["un de trop"]}, None, now)
    assert await save_brouillon(aida, last, {"titre": ["encore"]}, None, now + HOUR)


# --- At the same time ---------------------------------------------------------------------------------------------


@pytest.mark.committed
async def test_twenty_saves_at_once_make_one_draft_with_the_last_words(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    try:
        await asyncio.gather(
            *(
                save_brouillon(aida, cle, {"titre": [f"frappe {n}"]}, None, now + timedelta(seconds=n))
                for n in range(20)
            )
        )
        assert [r.titre for r in await list_brouillons(aida)] == ["frappe 19"]
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_saves_that_cross_the_sending_never_outlive_it(now: datetime) -> None:
    """Neither a draft that comes back nor two transactions that wait for each other."""
    try:
        numero = await make_demande(now)
        ines = await signed_as(CAST.ines, now)
        demande = await load(ines, numero)
        for turn in range(5):
            saisie = typed(f"Bonjour {turn}")
            saves = [
                save_brouillon(ines, saisie.cle, {"texte": [f"Bonj{n}"]}, demande, now + timedelta(seconds=n))
                for n in range(6)
            ]
            await asyncio.gather(*saves[:3], post_message(ines, demande, saisie, now), *saves[3:])
            assert await count(saisie.cle) == 0
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_saves_that_cross_the_sending_of_a_demande_never_outlive_it(now: datetime) -> None:
    try:
        aida = await signed_as(CAST.aida, now)
        for turn in range(5):
            typed_whole = saisie_of(aida, prenom="Martine" + "a" * turn)
            cle = typed_whole.formulaire
            saves = [
                save_brouillon(aida, cle, {"titre": [f"AAH {n}"]}, None, now + timedelta(seconds=n))
                for n in range(6)
            ]
            sendings = [send(aida, typed_whole, now) for _ in range(4)]
            results = await asyncio.gather(*saves[:3], *sendings, *saves[3:])
            assert len(set(results[3:7])) == 1
            assert await count(cle) == 0
    finally:
        await erase_demandes()


# --- Two pages on one draft -----------------------------------------------------------------------------------------


def page_of(page: str, apres: str = "", **champs: str) -> dict[str, list[str]]:
    """What a page posts: its own name, and what it showed when it was opened."""
    return {nom: [valeur] for nom, valeur in {**champs, "page": page, "apres": apres}.items()}


async def test_page_that_had_not_seen_a_change_does_not_overwrite_it(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    await save_brouillon(aida, cle, page_of("un", titre="écrit d’abord"), None, now)
    shown = (await get_own(aida, cle)).trace
    await save_brouillon(aida, cle, page_of("deux", shown, titre="écrit ensuite"), None, now + HOUR)
    with pytest.raises(BrouillonAilleurs) as told:
        await save_brouillon(aida, cle, page_of("un", titre="écrit en dernier"), None, now + 2 * HOUR)
    assert told.value.autre.texte("titre") == "écrit ensuite"
    assert (await get_own(aida, cle)).texte("titre") == "écrit ensuite"
    seen = told.value.autre.trace
    assert await save_brouillon(aida, cle, page_of("un", seen, titre="choisi"), None, now + 2 * HOUR)
    assert (await get_own(aida, cle)).texte("titre") == "choisi"


async def test_page_opened_before_its_elder_wrote_again_is_told_too(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    await save_brouillon(aida, cle, page_of("un", titre="premier"), None, now)
    shown = (await get_own(aida, cle)).trace
    await save_brouillon(aida, cle, page_of("un", titre="premier, puis plus"), None, now + HOUR)
    with pytest.raises(BrouillonAilleurs):
        await save_brouillon(aida, cle, page_of("deux", shown, titre="autre"), None, now + 2 * HOUR)


async def test_what_another_page_wrote_before_the_sending_is_told_under_its_lock(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    whole = saisie_of(aida)
    await save_brouillon(aida, whole.formulaire, page_of("deux", titre="écrit ailleurs"), None, now)
    with pytest.raises(BrouillonAilleurs) as told:
        await send(aida, whole, now, page_of("un", titre=whole.titre))
    assert await database.fetch("select from demandes where formulaire = $1", whole.formulaire) == []
    seen = page_of("un", told.value.autre.trace, titre=whole.titre)
    assert await send(aida, whole, now, seen)


async def test_one_page_saves_as_often_as_it_likes_and_the_same_words_are_no_conflict(now: datetime) -> None:
    aida, cle = await signed_as(CAST.aida, now), uuid4()
    for turn in range(3):
        assert await save_brouillon(aida, cle, page_of("un", titre=f"{turn}"), None, now + turn * HOUR)
    assert await save_brouillon(
        aida, cle, page_of("deux", titre="2", etape="choisir", nom=""), None, now + 3 * HOUR
    )
