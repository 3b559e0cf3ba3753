"""Several people, several windows: nothing is dropped behind a success, no page moves a part it had not seen."""

import asyncio
import contextvars
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande, hold_demande
from app.domain.demandes.vu import Vu, read_vu, see
from app.domain.echanges import departs
from app.domain.echanges.actes import DEJA_ENVOYE, Depuis
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import InvitationSaisie, MessageSaisi, read_message
from app.domain.notifications.souffrance import climb
from app.domain.regles.errors import Conflit, Introuvable
from app.domain.regles.statuts import EtatPart
from app.formulaire import Formulaire
from tests.cast import CAST
from tests.domain.scene import (
    HOUR,
    add_information,
    answer_quickly,
    answers_wait,
    close_demande,
    facts_of,
    invite,
    list_mails,
    load,
    make_caf_cpam,
    part,
    post,
    post_message,
    reopen_demande,
    revoke_mandat,
    signed_as,
    typed,
)
from tests.factories import erase_demandes, make_demande, make_invitation, make_message

MINUTE = timedelta(minutes=1)


async def lines(numero: int) -> list[str]:
    rows = await database.fetch(
        "select texte from messages where demande = :numero order by id", numero=numero
    )
    return [row["texte"] for row in rows]


async def window(agent: int, numero: int, now: datetime) -> tuple[Signed, Demande]:
    """A page opened now, that nobody will refresh."""
    signed = await signed_as(agent, now)
    return signed, await load(signed, numero)


# --- What a page had seen ---------------------------------------------------------------------------------------


async def test_what_a_page_had_seen_goes_through_its_field(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now)
    for agent in (CAST.aida, CAST.ines):
        signed, demande = await window(agent, numero, now)
        assert read_vu(str(see(signed.droits, demande))) == see(signed.droits, demande)


@pytest.mark.parametrize(
    "texte", ["", "12", "9" * 40 + "om", "5om.1x2", "5om.1c" + "9" * 40, "é", "5om;drop"]
)
def test_an_unreadable_field_has_seen_nothing(texte: str) -> None:
    assert read_vu(texte) == Vu()


async def test_a_private_line_does_not_show_in_what_the_aidant_sees(now: datetime) -> None:
    numero = await make_demande(now)
    signed, before = await window(CAST.aida, numero, now)
    await post(CAST.ines, numero, now, is_prive=True)
    assert see(signed.droits, await load(signed, numero)) == see(signed.droits, before)


# --- Old pages --------------------------------------------------------------------------------------------------


async def test_je_m_en_occupe_from_an_old_page_does_not_reopen_what_a_colleague_finished(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    idir, old = await window(CAST.idir, numero, now)
    await post(CAST.ines, numero, now, is_traitee=True)
    with pytest.raises(Depuis) as since:
        await answer_quickly(idir, old, ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    assert [(c.quoi, c.avant, c.maintenant) for c in since.value.changements] == [
        ("CAF 22", "sans réponse", "traitée")
    ]
    assert len(since.value.lignes) == 1
    assert (await part(numero, CAST.groupes.caf, now)).etat is EtatPart.TRAITEE
    # Once seen, it is what one wants.
    await answer_quickly(idir, await load(idir, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    assert (await part(numero, CAST.groupes.caf, now)).etat is EtatPart.EN_COURS


@pytest.mark.parametrize("reponse", [ReponseRapide.PRISE_EN_CHARGE, ReponseRapide.DECLINEE])
async def test_what_one_took_is_not_taken_nor_declined_by_an_old_page(
    reponse: ReponseRapide, now: datetime
) -> None:
    numero = await make_demande(now)
    ines, hers = await window(CAST.ines, numero, now)
    idir, his = await window(CAST.idir, numero, now)
    await answer_quickly(ines, hers, ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    with pytest.raises(Depuis) as since:
        await answer_quickly(idir, his, reponse, typed(motif="Pas nous."), now)
    assert [c.maintenant for c in since.value.changements] == ["en cours, suivie par Inès Le Goff"]
    facts = await facts_of(numero, CAST.groupes.caf)
    assert (facts["taken_by"], facts["declinee_at"]) == (CAST.ines, None)


async def test_marking_traitee_from_an_old_page_asks_again(now: datetime) -> None:
    numero = await make_demande(now)
    idir, old = await window(CAST.idir, numero, now)
    await answer_quickly(*(await window(CAST.ines, numero, now)), ReponseRapide.DECLINEE, typed(), now)
    with pytest.raises(Depuis):
        await post_message(idir, old, typed(is_traitee=True), now)
    assert (await facts_of(numero, CAST.groupes.caf))["traitee_at"] is None


async def test_inviting_closing_asking_again_adding_and_revoking_look_first(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now, is_traitee=True)
    aida, old = await window(CAST.aida, numero, now)
    vu = see(aida.droits, old)
    await post(CAST.ivan, numero, now, "Attendez, je vérifie.")
    here = await load(aida, numero)
    for act in (
        invite(aida, here, InvitationSaisie(cle=uuid4(), collegues=(CAST.aline,), vu=vu), now),
        close_demande(aida, here, vu=vu, now=now),
        post_message(aida, here, typed(relances=(CAST.groupes.caf,), vu=vu), now),
        add_information(aida, here, nature="adresse", valeur="3 rue Haute", vu=vu, now=now),
        revoke_mandat(aida, here, now, vu=vu),
    ):
        with pytest.raises(Depuis) as since:
            await act
        assert [line.texte for line in since.value.lignes] == ["Attendez, je vérifie."]
    assert len(await lines(numero)) == 2
    await close_demande(aida, await load(aida, numero), now=now)
    closed = await load(aida, numero)
    await reopen_demande(aida, closed, now)
    await close_demande(aida, await load(aida, numero), now=now)
    with pytest.raises(Depuis):
        await reopen_demande(aida, closed, now)


async def test_one_s_own_second_window_is_a_page_too(now: datetime) -> None:
    numero = await make_demande(now)
    ines, first = await window(CAST.ines, numero, now)
    _, second = await window(CAST.ines, numero, now)
    await answer_quickly(ines, first, ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    with pytest.raises(Depuis):
        await answer_quickly(ines, second, ReponseRapide.DECLINEE, typed(motif="Pas nous."), now)


async def test_what_the_platform_notes_by_itself_holds_nobody_back(now: datetime) -> None:
    """« De nouveaux messages sont arrivés » would be a false reason: nobody has written."""
    numero = await make_demande(now, sent_at=now)
    (row,) = await database.fetch("select late_at from sollicitations where demande = :numero", numero=numero)
    ines, page = await window(CAST.ines, numero, now)
    late = row["late_at"] + MINUTE
    assert await climb(late) == 1
    old = typed("Je regarde.", is_prive=True, vu=see(ines.droits, page))
    await post_message(ines, await load(ines, numero), old, late)
    assert (await lines(numero))[-1] == "Je regarde."


async def test_a_notice_between_two_answers_of_ones_own_holds_neither_back(now: datetime) -> None:
    """The first one leaves after a notice that its page had not shown; the second one, written beside it, follows."""
    numero = await make_demande(now, sent_at=now)
    (row,) = await database.fetch("select late_at from sollicitations where demande = :numero", numero=numero)
    late = row["late_at"] + MINUTE
    ines = await signed_as(CAST.ines, now)
    with answers_wait():
        for texte in ("Je regarde.", "Il manque un relevé."):
            beside = await load(ines, numero)
            form = Formulaire(
                {"texte": [texte], "vu": [str(await departs.see_leaving(ines, beside, Formulaire))]}
            )
            await climb(late)
            await departs.send(ines, beside, read_message(form), form, read=Formulaire, now=late)
    assert (await lines(numero)) == ["", "Je regarde."]


async def test_a_notice_after_ones_answer_does_not_make_it_new(now: datetime) -> None:
    numero = await make_demande(now)
    ines, page = await window(CAST.ines, numero, now)
    twice = [typed("Je regarde.", vu=see(ines.droits, page)) for _ in range(2)]
    await post_message(ines, page, twice[0], now)
    await make_message(numero, None, "", now, cote="plateforme", nature="souffrance", is_prive=True)
    await post_message(ines, page, twice[1], now)
    assert await lines(numero) == ["Je regarde.", ""]


# --- The same form ----------------------------------------------------------------------------------------------


async def test_another_text_under_a_spent_key_is_never_dropped(now: datetime) -> None:
    numero = await make_demande(now)
    cle = uuid4()
    aida, page = await window(CAST.aida, numero, now)
    await post_message(aida, page, MessageSaisi(cle=cle, texte="Premier texte."), now)
    for seen in (page, await load(aida, numero)):
        with pytest.raises(Depuis, match=DEJA_ENVOYE) as since:
            await post_message(aida, seen, MessageSaisi(cle=cle, texte="Second texte."), now)
        assert since.value.is_spent
        assert [line.texte for line in since.value.lignes] == ["Premier texte."]
    await post_message(aida, await load(aida, numero), MessageSaisi(cle=uuid4(), texte="Second texte."), now)
    assert await lines(numero) == ["Premier texte.", "Second texte."]


async def test_somebody_else_s_key_is_no_repeat(now: datetime) -> None:
    numero = await make_demande(now)
    cle = uuid4()
    await post_message(*(await window(CAST.ines, numero, now)), MessageSaisi(cle=cle, texte="Vu."), now)
    with pytest.raises(Depuis):
        await post_message(*(await window(CAST.aida, numero, now)), MessageSaisi(cle=cle, texte="Vu."), now)


async def test_the_same_words_at_once_are_one_message_whatever_the_key(now: datetime) -> None:
    numero = await make_demande(now)
    aida, page = await window(CAST.aida, numero, now)
    first = await post_message(aida, page, typed("Toujours rien."), now)
    mails = await list_mails(numero)
    assert await post_message(aida, page, typed("Toujours rien."), now + 9 * MINUTE) == first
    assert await list_mails(numero) == mails
    # Later, or once somebody has answered, the same words mean something again.
    again = await load(aida, numero)
    assert await post_message(aida, again, typed("Toujours rien."), now + 11 * MINUTE) != first
    await post(CAST.ines, numero, now + 12 * MINUTE)
    await post_message(aida, await load(aida, numero), typed("Toujours rien."), now + 13 * MINUTE)
    assert len(await lines(numero)) == 4


async def test_the_same_words_between_instructeurs_then_to_all_are_two_messages(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "Je vérifie.", is_prive=True)
    await post(CAST.ines, numero, now, "Je vérifie.")
    assert len(await lines(numero)) == 2


async def test_a_second_invitation_under_the_same_key_is_not_swallowed(now: datetime) -> None:
    numero = await make_demande(now)
    cle = uuid4()
    aida, page = await window(CAST.aida, numero, now)
    one = InvitationSaisie(cle=cle, groupes=(CAST.groupes.cpam,))
    first = await invite(aida, page, one, now)
    assert await invite(aida, page, one, now + HOUR) == first
    with pytest.raises(Depuis):
        await invite(aida, page, InvitationSaisie(cle=cle, groupes=(CAST.groupes.france_travail,)), now)


async def test_what_was_done_then_undone_is_not_said_to_be_done(now: datetime) -> None:
    """Back, and the same button again, after a colleague has taken it over or the aidante has asked again."""
    numero = await make_demande(now)
    ines, page = await window(CAST.ines, numero, now)
    taking, ending = typed(), typed(is_traitee=True)
    await answer_quickly(ines, page, ReponseRapide.PRISE_EN_CHARGE, taking, now)
    await answer_quickly(ines, page, ReponseRapide.PRISE_EN_CHARGE, taking, now)
    idir, fresh = await window(CAST.idir, numero, now)
    await answer_quickly(idir, fresh, ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    with pytest.raises(Depuis):
        await answer_quickly(ines, page, ReponseRapide.PRISE_EN_CHARGE, taking, now)
    ines, page = await window(CAST.ines, numero, now)
    await post_message(ines, page, ending, now)
    aida, hers = await window(CAST.aida, numero, now)
    await post_message(aida, hers, typed(relances=(CAST.groupes.caf,)), now)
    with pytest.raises(Depuis):
        await post_message(ines, page, ending, now)


async def test_the_same_closing_sent_twice_is_one_another_note_is_told(now: datetime) -> None:
    numero = await make_demande(now)
    aida, page = await window(CAST.aida, numero, now)
    cle = uuid4()
    for _ in range(2):
        await close_demande(aida, page, note=3, cle=cle, now=now)
    with pytest.raises(Conflit):
        await close_demande(aida, page, note=1, cle=cle, now=now)
    assert [r["note"] for r in await database.fetch("select note from satisfactions")] == [3]


# --- Under the lock ---------------------------------------------------------------------------------------------


async def test_a_role_taken_away_meanwhile_writes_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    ines, page = await window(CAST.ines, numero, now)
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.ines)
    with pytest.raises(Introuvable):
        await post_message(ines, page, typed(), now)
    assert await lines(numero) == []


@pytest.mark.committed
async def test_a_role_taken_away_while_the_demande_is_held_writes_nothing(now: datetime) -> None:
    """The post waits for the demande, as it does while an antivirus reads its files: its rights are read after."""
    try:
        numero = await make_demande(now)
        ines, page = await window(CAST.ines, numero, now)
        outside = contextvars.copy_context()
        async with database.transaction():
            await hold_demande(numero)
            waiting = asyncio.create_task(post_message(ines, page, typed(), now), context=outside)
            await asyncio.sleep(0.2)
            assert not waiting.done()
            await database.fetch("update adhesions set is_instructeur = false where agent = $1", CAST.ines)
        with pytest.raises(Introuvable):
            await waiting
        assert await lines(numero) == []
    finally:
        await database.fetch("update adhesions set is_instructeur = true where agent = $1", CAST.ines)
        await erase_demandes()


@pytest.mark.committed
async def test_eight_invitations_of_one_groupe_at_once_are_one(now: datetime) -> None:
    try:
        numero = await make_demande(now)
        aida, page = await window(CAST.aida, numero, now)
        results = await asyncio.gather(
            *(
                invite(aida, page, InvitationSaisie(cle=uuid4(), groupes=(CAST.groupes.cpam,)), now)
                for _ in range(8)
            )
        )
        assert len(set(results)) == 1
        assert await list_mails(numero) == [("invitation_envoyee", "ivan@exemple.fr")]
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_two_who_take_it_at_once_do_not_overwrite_each_other(now: datetime) -> None:
    try:
        numero = await make_demande(now)
        pages = [await window(agent, numero, now) for agent in (CAST.ines, CAST.idir)]
        results = await asyncio.gather(
            *(answer_quickly(*page, ReponseRapide.PRISE_EN_CHARGE, typed(), now) for page in pages),
            return_exceptions=True,
        )
        assert sorted(type(result).__name__ for result in results) == ["Depuis", "int"]
        assert len(await lines(numero)) == 1
    finally:
        await erase_demandes()


# --- Who is told ------------------------------------------------------------------------------------------------


async def test_a_message_with_an_invitation_is_told_to_those_it_is_for(now: datetime) -> None:
    numero = await make_demande(now)
    await make_message(numero, CAST.ines, "Bonjour.", now, groupe=CAST.groupes.caf)
    invitation = InvitationSaisie(cle=uuid4(), groupes=(CAST.groupes.cpam,), texte="Pouvez-vous voir\u00a0?")
    await invite(*(await window(CAST.ines, numero, now)), invitation, now)
    assert await list_mails(numero) == [
        ("invitation_envoyee", "ivan@exemple.fr"),
        ("message_envoye", "aida@exemple.fr"),
    ]


async def test_a_private_word_with_an_invitation_never_reaches_the_aidant(now: datetime) -> None:
    numero = await make_demande(now)
    invitation = InvitationSaisie(
        cle=uuid4(), groupes=(CAST.groupes.cpam,), texte="Entre nous.", is_prive=True
    )
    await invite(*(await window(CAST.ines, numero, now)), invitation, now)
    assert "aida@exemple.fr" not in {who for _, who in await list_mails(numero)}


async def test_reopening_with_a_word_tells_each_person_once(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await post(CAST.ines, numero, now)
    aida, page = await window(CAST.aida, numero, now)
    await close_demande(aida, page, now=now)
    await database.fetch("delete from courriels")
    await reopen_demande(aida, await load(aida, numero), now + HOUR, texte="Toujours rien.")
    assert await list_mails(numero) == [
        ("demande_reouverte", "ines@exemple.fr"),
        ("message_envoye", "aline@exemple.fr"),
    ]
    assert (await lines(numero))[-1] == "Toujours rien."
