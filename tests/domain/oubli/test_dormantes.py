"""A demande that nobody ends is proposed for closing, then closed, never without a warning."""

from datetime import datetime, timedelta

from app import database
from app.domain.oubli.dormantes import PREAVIS, SANS_ACTIVITE, TRAITEE, close_dormant, propose_closing
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.scene import DAY, dates_of, facts_of, list_mails, post
from tests.factories import list_journal, make_demande, make_invitation

MINUTE = timedelta(minutes=1)


async def natures(numero: int) -> list[str]:
    rows = await database.fetch(
        "select nature from messages where demande = :numero order by id", numero=numero
    )
    return [row["nature"] for row in rows]


async def test_six_months_without_a_word_then_fifteen_days_then_closed(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    later = now + SANS_ACTIVITE
    assert await propose_closing(later - MINUTE) == 0
    assert await propose_closing(later) == 1
    assert await propose_closing(later + DAY) == 0
    assert await natures(numero) == ["cloture_proposee"]
    assert set(await list_mails(numero)) == {
        ("cloture_proposee", "aida@exemple.fr"),
        ("cloture_proposee", "aline@exemple.fr"),
    }
    assert await close_dormant(later + PREAVIS - MINUTE) == 0
    assert await close_dormant(later + PREAVIS) == 1
    assert await close_dormant(later + PREAVIS) == 0
    row = await dates_of(numero)
    assert row["closed_at"] == later + PREAVIS and row["closed_by"] is None
    part = await facts_of(numero, CAST.groupes.caf)
    assert part["closed_at"] == later + PREAVIS and part["late_at"] is None
    assert await natures(numero) == ["cloture_proposee", "cloture"]
    assert ("cloture_plateforme", "aida@exemple.fr") in await list_mails(numero)
    [line] = await list_journal("cloture_plateforme")
    assert (line["demande"], line["agent"]) == (numero, None)
    suivi = await database.fetch_one(
        "select is_plateforme from suivis_demandes where demande = :numero", numero=numero
    )
    assert suivi is not None and suivi["is_plateforme"]


async def test_a_message_after_the_proposal_keeps_it_open_and_silence_is_counted_again(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now)
    later = now + SANS_ACTIVITE
    await propose_closing(later)
    await database.fetch(
        "update mandats set ends_at = :ends_at where demande = :numero",
        numero=numero,
        ends_at=later + 800 * DAY,
    )
    await post(CAST.aida, numero, later + DAY, "Nous attendons toujours.")
    assert await close_dormant(later + 2 * PREAVIS) == 0
    assert await propose_closing(later + 2 * PREAVIS) == 0
    assert await propose_closing(later + DAY + SANS_ACTIVITE) == 1
    assert await close_dormant(later + DAY + SANS_ACTIVITE) == 0


async def test_traitee_for_thirty_days_is_proposed_too_and_not_before_every_part_is(now: datetime) -> None:
    groupes = (CAST.groupes.caf, CAST.groupes.cpam)
    numero = await make_demande(now, sent_at=now, groupes=groupes)
    end = "update sollicitations set traitee_at = $3, late_at = null where demande = $1 and groupe = $2"
    await database.fetch(end, numero, CAST.groupes.caf, now)
    assert await propose_closing(now + TRAITEE) == 0
    await database.fetch(end, numero, CAST.groupes.cpam, now + DAY)
    assert await propose_closing(now + TRAITEE) == 0
    assert await propose_closing(now + TRAITEE + DAY) == 1


async def test_a_closed_demande_is_left_alone(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now)
    await propose_closing(now + SANS_ACTIVITE)
    await database.fetch(
        "update demandes set closed_at = :closed_at where numero = :numero",
        numero=numero,
        closed_at=now + SANS_ACTIVITE,
    )
    assert await close_dormant(now + SANS_ACTIVITE + PREAVIS) == 0
    assert await propose_closing(now + 3 * SANS_ACTIVITE) == 0


async def test_the_page_shows_the_proposal_to_who_can_keep_it_open(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - SANS_ACTIVITE)
    await propose_closing(now)
    for who in (CAST.aida, CAST.ines):
        browser = await signed_in(who)
        await browser.get(f"/demandes/{numero}")
        for words in ("Administration+", "clôture proposée", "sera clôturée le mercredi 9 décembre 2026"):
            assert words in browser.page.texte
