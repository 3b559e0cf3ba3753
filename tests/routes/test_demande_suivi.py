"""What its reader keeps for themselves: followed or not, reminders, unread again (product §7, §9)."""

from datetime import datetime, timedelta

from app import database
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.notifications.memos import list_rappels, remind
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import DAY, answer_quickly, close_demande, list_mails, load, post, signed_as, typed
from tests.factories import list_journal, list_told, make_demande, make_invitation

HOUR = timedelta(hours=1)


async def open_page(agent: int, numero: int) -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}")
    return browser


async def told_of(numero: int) -> list[str]:
    """Who was told since the last time one asked."""
    told = [who for _, who in await list_mails(numero)]
    await database.fetch("delete from courriels")
    return told


# --- Unread again -----------------------------------------------------------------------------------------------


async def test_a_demande_is_unread_again_for_me_alone_until_i_open_it(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    await post(CAST.aida, numero, now - HOUR, "Un mot de plus.")
    await open_page(CAST.idir, numero)
    ines = await open_page(CAST.ines, numero)
    await ines.get("/demandes/recues")
    assert "1 non lu" not in ines.page.texte
    await ines.get(f"/demandes/{numero}")
    await ines.submit(f"/demandes/{numero}/non-lue", {"pour": "moi"})
    await ines.get("/demandes/recues")
    assert "La demande est de nouveau non lue pour vous." in ines.page.texte
    assert "1 non lu" in ines.page.texte
    await ines.get("/quoi-de-neuf")
    assert f"/demandes/{numero}" in ines.page.links
    idir = await signed_in(CAST.idir)
    await idir.get("/demandes/recues")
    assert "1 non lu" not in idir.page.texte
    await ines.get(f"/demandes/{numero}")
    await ines.get("/demandes/recues")
    assert "1 non lu" not in ines.page.texte
    assert await list_journal("demande_non_lue") == []


async def test_for_my_groupe_it_is_unread_for_each_who_reads_it_and_the_journal_says_so(
    now: datetime,
) -> None:
    numero = await make_demande(now - DAY)
    await make_invitation(numero, CAST.ivan, "instructeur", now - DAY)
    for who in (CAST.idir, CAST.ivan, CAST.ines):
        browser = await open_page(who, numero)
    await browser.submit(f"/demandes/{numero}/non-lue", {"pour": "groupe"})
    for who, count in ((CAST.ines, 1), (CAST.idir, 1), (CAST.ivan, 0)):
        browser = await signed_in(who)
        await browser.get("/demandes/recues?onglet=nouvelles")
        there = {link.partition("?")[0] for link in browser.page.links}
        assert (f"/demandes/{numero}" in there) == bool(count), who
    [line] = await list_journal("demande_non_lue")
    assert (line["agent"], line["details"]) == (CAST.ines, {"agents": 2})
    # When she came is not a secret that marking hides.
    [row] = await database.fetch("select last_at from lectures where agent = :agent", agent=CAST.ines)
    assert row["last_at"] == now


async def test_what_was_marked_unread_is_covered_by_seeing_everything_later(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    ines = await open_page(CAST.ines, numero)
    await ines.submit(f"/demandes/{numero}/non-lue", {"pour": "moi"})
    await database.fetch("update lectures set marquee_at = :marquee_at", marquee_at=now - HOUR)
    await ines.get("/quoi-de-neuf")
    await ines.submit("/quoi-de-neuf")
    await ines.get("/quoi-de-neuf")
    assert "Tout est à jour" in ines.page.texte


async def test_ones_own_demande_without_a_word_of_others_has_nothing_to_read_again(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await open_page(CAST.aida, numero)
    response = await aida.submit(f"/demandes/{numero}/non-lue", {"pour": "moi"})
    assert response.headers["location"] == f"/demandes/{numero}"
    await aida.get(f"/demandes/{numero}")
    assert "il n’y a rien à marquer non lu" in aida.page.texte
    await aida.get("/demandes")
    assert "1 non lu" not in aida.page.texte


# --- Following --------------------------------------------------------------------------------------------------


async def test_who_stops_following_is_told_of_nothing_but_what_calls_them(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    await told_of(numero)
    ines = await open_page(CAST.ines, numero)
    await ines.submit(f"/demandes/{numero}/suivi", {"acte": "arreter"})
    assert "Vous ne suivez plus cette demande" in (await ines.get(f"/demandes/{numero}")).text
    await post(CAST.aida, numero, now + HOUR, "Et maintenant ?")
    # Nobody who follows took charge any more: her groupe is told as a whole, without her.
    assert await told_of(numero) == ["idir@exemple.fr"]
    await ines.submit(f"/demandes/{numero}/suivi", {"acte": "suivre"})
    await post(CAST.aida, numero, now + 2 * HOUR, "Toujours rien.")
    assert await told_of(numero) == ["ines@exemple.fr"]


async def test_a_groupe_asked_again_is_told_whole_whatever_its_members_follow(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "C’est fait.", is_traitee=True)
    await (await open_page(CAST.ines, numero)).submit(f"/demandes/{numero}/suivi", {"acte": "arreter"})
    await told_of(numero)
    await post(CAST.aida, numero, now + HOUR, "Non résolu.", relances=(CAST.groupes.caf,))
    assert await told_of(numero) == ["idir@exemple.fr", "ines@exemple.fr"]


async def test_who_chose_to_follow_is_told_although_a_colleague_took_charge(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    await told_of(numero)
    await (await open_page(CAST.idir, numero)).submit(f"/demandes/{numero}/suivi", {"acte": "suivre"})
    await post(CAST.aida, numero, now + HOUR, "Merci.")
    assert await told_of(numero) == ["idir@exemple.fr", "ines@exemple.fr"]
    # Whoever may read no more is told no more, whatever they chose.
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.idir)
    await post(CAST.aida, numero, now + 2 * HOUR, "Merci encore.")
    assert await told_of(numero) == ["ines@exemple.fr"]


# --- Reminders --------------------------------------------------------------------------------------------------


async def ask(agent: int, numero: int, le: str, status: int = 303) -> Browser:
    browser = await open_page(agent, numero)
    await browser.submit(f"/demandes/{numero}/rappel", {"rappel_le": le}, status=status)
    return browser


async def test_a_reminder_comes_once_at_eight_where_its_agent_is_and_is_shown_to_them_alone(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    aida = await ask(CAST.aida, numero, "2026-11-30")
    await aida.get(f"/demandes/{numero}")
    assert "Rappel le lundi 30 novembre 2026" in aida.page.texte
    ines = await open_page(CAST.ines, numero)
    assert "30 novembre" not in ines.page.texte.split("Pour vous")[1]
    monday = datetime.fromisoformat("2026-11-30T07:00:00+00:00")
    assert await remind(monday - timedelta(minutes=1)) == 0
    assert await remind(monday) == 1
    assert await remind(monday + HOUR) == 0
    assert await list_told("rappel_demande") == {"aida@exemple.fr"}
    await aida.get("/quoi-de-neuf")
    assert "Vos rappels" in aida.page.texte and f"/demandes/{numero}" in aida.page.links
    await aida.get(f"/demandes/{numero}")
    await aida.submit(f"/demandes/{numero}/rappel", {"acte": "finir"})
    await aida.get("/quoi-de-neuf")
    assert "Vos rappels" not in aida.page.texte


async def test_a_real_answer_ends_it_and_a_promise_or_a_decline_does_not(now: datetime) -> None:
    numero = await make_demande(now)
    await ask(CAST.aida, numero, "2026-11-30")
    ines = await signed_as(CAST.ines, now)
    await answer_quickly(ines, await load(ines, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now + HOUR)
    await post(CAST.ines, numero, now + HOUR, "Entre nous.", is_prive=True)
    aida = await open_page(CAST.aida, numero)
    assert "Rappel le" in aida.page.texte
    await post(CAST.ines, numero, now + HOUR, "Le dossier est débloqué.")
    await aida.get(f"/demandes/{numero}")
    assert "Rappel le" not in aida.page.texte
    assert await remind(now + 7 * DAY) == 0
    assert await database.fetch("select 1 from memos") == []


async def test_a_closing_ends_it_and_so_does_losing_the_right_to_read(now: datetime) -> None:
    numero, other = await make_demande(now), await make_demande(now)
    await ask(CAST.ines, numero, "2026-11-30")
    await ask(CAST.ines, other, "2026-11-30")
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, numero), note=3, now=now)
    ines = await open_page(CAST.ines, numero)
    assert "Rappel le" not in ines.page.texte
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.ines)
    assert await remind(now + 7 * DAY) == 0
    assert await list_told("rappel_demande") == set()


async def test_it_is_not_over_while_its_agent_alone_writes(now: datetime) -> None:
    numero = await make_demande(now)
    await ask(CAST.aida, numero, "2026-11-30")
    await post(CAST.aida, numero, now + HOUR, "Je précise.")
    assert await remind(now + 7 * DAY) == 1
    signed = await signed_as(CAST.aida, now)
    assert [one.numero for one in await list_rappels(signed.droits)] == [numero]


async def test_a_day_that_is_none_to_come_is_refused_with_its_reason(now: datetime) -> None:
    numero = await make_demande(now)
    for le, words in (
        ("", "Indiquez le jour du rappel."),
        ("2026-11-24", "Choisissez un jour à venir, dans l’année."),
        ("2028-01-01", "Choisissez un jour à venir, dans l’année."),
    ):
        browser = await ask(CAST.aida, numero, le, status=422)
        assert words in browser.page.texte
        assert f'value="{le}"' in browser.html


async def test_a_stranger_keeps_nothing_of_it(now: datetime) -> None:
    numero = await make_demande(now)
    for who, status in ((CAST.eve, 404), (CAST.ada, 403), (CAST.rose, 403)):
        browser = await signed_in(who)
        for act in ("suivi", "rappel", "non-lue"):
            await browser.post(f"/demandes/{numero}/{act}", {"rappel_le": "2026-11-30"}, status=status)
