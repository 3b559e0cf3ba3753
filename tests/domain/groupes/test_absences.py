"""Away: the substitute reads, is told and is named, one hop; it ends by itself (issue « Absence »)."""

from datetime import date, datetime, timedelta

import pytest

from app import database
from app.domain.demandes.destinataires import list_destinataires
from app.domain.groupes.absences import declare_absence, end_absence, list_remplacants, turn_absences
from app.domain.groupes.membres import get_membre
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.permissions import can_close_demande
from app.domain.regles.roles import Role
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.groupes.equipe import column, go, groupe_of, hire, join, roles_in
from tests.domain.scene import load, post, signed_as
from tests.factories import list_journal, list_told, make_demande, make_invitation

DAY = timedelta(days=1)
MARDI = date(2026, 11, 24)


async def away(
    now: datetime,
    agent: int,
    groupe: int,
    *,
    remplacant: int | None,
    debut: date = MARDI,
    fin: date = date(2026, 12, 4),
    by: int | None = None,
) -> None:
    signed = await signed_as(by or agent, now)
    loaded = await groupe_of(signed, groupe)
    vu = await seen(groupe, agent)
    await declare_absence(signed, loaded, agent, debut=debut, fin=fin, remplacant=remplacant, vu=vu, now=now)


async def seen(groupe: int, agent: int) -> str:
    """What a page opened now shows of the absence of this member."""
    absence = (await get_membre(groupe, agent)).absence
    return absence.marque if absence else ""


async def told(numero: int) -> set[int | None]:
    return {who.agent for who in await list_destinataires(numero, by=0)}


async def test_the_substitute_of_an_aidante_reads_and_follows_what_she_sent(now: datetime) -> None:
    numero = await make_demande(now)
    aline = await signed_as(CAST.aline, now)
    with pytest.raises(Introuvable):
        await load(aline, numero)
    await away(now, CAST.aida, CAST.groupes.france_services, remplacant=CAST.aline)
    demande = await load(aline, numero)
    assert can_close_demande(aline.droits, demande.parties)
    assert [(i.agent, i.remplace) for i in demande.invites] == [(CAST.aline, "Aïda Kerjean")]
    assert await told(numero) & {CAST.aida, CAST.aline} == {CAST.aline}
    assert await list_told("absence_declaree") == {"aline@exemple.fr"}
    # What comes meanwhile follows too, at the next turn.
    later = await make_demande(now)
    await turn_absences(now + DAY)
    assert (await load(aline, later)).numero == later


async def test_it_ends_by_itself_the_day_after_the_last(now: datetime) -> None:
    numero = await make_demande(now)
    await away(now, CAST.aida, CAST.groupes.france_services, remplacant=CAST.aline)
    last_evening = datetime(2026, 12, 4, 22, 59, tzinfo=now.tzinfo)
    await turn_absences(last_evening)
    aline = await signed_as(CAST.aline, now)
    assert (await load(aline, numero)).numero == numero
    await turn_absences(last_evening + timedelta(minutes=1))  # midnight in Paris
    await turn_absences(last_evening + timedelta(minutes=6))
    assert await list_told("absence_terminee") == {"aida@exemple.fr", "aline@exemple.fr"}
    assert len(await column("select id from courriels where fait = 'absence_terminee'")) == 2
    # She was told when it was declared, that very day: not again for its beginning.
    assert await list_told("absence_commencee") == set()
    with pytest.raises(Introuvable):
        await load(aline, numero)
    assert await told(numero) & {CAST.aida, CAST.aline} == {CAST.aida}
    assert len(await list_journal("absence_terminee")) == 1


async def test_it_begins_on_its_first_day_not_before(now: datetime) -> None:
    numero = await make_demande(now)
    monday = date(2026, 11, 30)
    await away(now, CAST.aida, CAST.groupes.france_services, remplacant=CAST.aline, debut=monday)
    aline = await signed_as(CAST.aline, now)
    with pytest.raises(Introuvable):
        await load(aline, numero)
    await turn_absences(datetime(2026, 11, 29, 23, tzinfo=now.tzinfo))
    await turn_absences(datetime(2026, 11, 29, 23, 5, tzinfo=now.tzinfo))
    assert (await load(aline, numero)).numero == numero
    assert await list_told("absence_commencee") == {"aline@exemple.fr"}
    # It waits for an hour when something may leave.
    assert await column("select is_waiting from courriels where fait = 'absence_commencee'") == [True]


async def test_the_mails_of_an_instructeur_go_to_the_substitute_one_hop_and_no_further(now: datetime) -> None:
    numero = await make_demande(now)
    yann = await hire("Yann", CAST.groupes.caf, now, Role.INSTRUCTEUR)
    await post(CAST.idir, numero, now)
    assert await told(numero) == {CAST.aida, CAST.idir}
    await away(now, CAST.idir, CAST.groupes.caf, remplacant=yann)
    assert await told(numero) == {CAST.aida, yann}
    with pytest.raises(Invalide):  # Yann would hand on to Inès what Idir hands on to him
        await away(now, CAST.ines, CAST.groupes.caf, remplacant=CAST.idir)
    await away(now, yann, CAST.groupes.caf, remplacant=CAST.ines, debut=MARDI)
    assert await told(numero) == {CAST.aida, yann}


async def test_what_one_was_called_on_by_name_follows_too(now: datetime) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.cpam])
    await make_invitation(numero, CAST.idir, "instructeur", now)
    await away(now, CAST.idir, CAST.groupes.caf, remplacant=CAST.ines)
    assert (await load(await signed_as(CAST.ines, now), numero)).numero == numero
    assert CAST.ines in await told(numero) and CAST.idir not in await told(numero)


async def test_who_was_to_stand_in_is_told_when_somebody_else_does(now: datetime) -> None:
    yann = await hire("Yann", CAST.groupes.caf, now, Role.INSTRUCTEUR)
    later = date(2026, 11, 30)
    await away(now, CAST.idir, CAST.groupes.caf, remplacant=yann, debut=later)
    await away(now, CAST.idir, CAST.groupes.caf, remplacant=yann, debut=later, fin=date(2026, 12, 5))
    assert await list_told("absence_terminee") == set()
    await away(now, CAST.idir, CAST.groupes.caf, remplacant=CAST.ines, debut=later)
    assert await list_told("absence_terminee") == {"yann@exemple.fr"}
    # The same once more is one absence, told once.
    said = await column("select id from courriels")
    await away(now, CAST.idir, CAST.groupes.caf, remplacant=CAST.ines, debut=later)
    assert await column("select id from courriels") == said


async def test_an_old_page_neither_changes_nor_ends_the_absence_of_another(now: datetime) -> None:
    idir, rose = await signed_as(CAST.idir, now), await signed_as(CAST.rose, now)
    caf = await groupe_of(rose, CAST.groupes.caf)
    first, other = date(2026, 11, 30), date(2026, 12, 4)

    async def change(vu: str, fin: date) -> None:
        await declare_absence(rose, caf, CAST.idir, debut=first, fin=fin, remplacant=None, vu=vu, now=now)

    await away(now, CAST.idir, CAST.groupes.caf, remplacant=CAST.ines, debut=first)
    shown = await seen(CAST.groupes.caf, CAST.idir)
    with pytest.raises(Conflit, match="au vendredi 4 décembre 2026, remplacement par Inès Le Goff"):
        await change("", other)
    await change(shown, date(2026, 12, 11))
    with pytest.raises(Conflit, match="au vendredi 11 décembre 2026, sans remplacement"):
        await end_absence(idir, await groupe_of(idir, caf.id), CAST.idir, now, vu=shown)
    shown = await seen(caf.id, CAST.idir)
    await end_absence(rose, caf, CAST.idir, now, vu=shown)
    with pytest.raises(Conflit, match="s’est terminée entre-temps"):
        await change(shown, other)
    assert await seen(caf.id, CAST.idir) == ""


async def test_without_a_substitute_nothing_moves(now: datetime) -> None:
    numero = await make_demande(now)
    await away(now, CAST.aida, CAST.groupes.france_services, remplacant=None)
    assert CAST.aida in await told(numero)
    assert await list_told("absence_declaree") == set()


async def test_back_early_or_leaving_for_good_what_was_lent_goes(now: datetime) -> None:
    numero = await make_demande(now)
    fs = CAST.groupes.france_services
    await away(now, CAST.aida, fs, remplacant=CAST.aline)
    aida = await signed_as(CAST.aida, now)
    await end_absence(aida, await groupe_of(aida, fs), CAST.aida, now, vu=await seen(fs, CAST.aida))
    assert await list_told("absence_terminee") == {"aline@exemple.fr"}
    assert await column("select id from invitations where demande = :n", n=numero) == []
    await away(now, CAST.aida, fs, remplacant=CAST.aline)
    await go(CAST.rose, CAST.aline, fs, now)
    assert await roles_in(CAST.aline, fs) is None
    assert await column("select remplacant from absences") == [None]
    assert await column("select id from invitations where demande = :n", n=numero) == []


async def test_a_colleague_already_invited_stays_when_the_absence_ends(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    fs = CAST.groupes.france_services
    await away(now, CAST.aida, fs, remplacant=CAST.aline)
    await turn_absences(now + 30 * DAY)
    assert await column("select agent from invitations where demande = :n", n=numero) == [CAST.aline]


async def test_who_may_declare_and_who_may_stand_in(now: datetime) -> None:
    caf = CAST.groupes.caf
    await away(now, CAST.idir, caf, remplacant=CAST.ines, by=CAST.rose)
    with pytest.raises(Refus):
        await away(now, CAST.idir, caf, remplacant=None, by=CAST.ines)
    with pytest.raises(Introuvable):
        await away(now, CAST.idir, caf, remplacant=None, by=CAST.eve)
    # Rose only manages: she answers nobody.
    assert [r.agent for r in await list_remplacants(caf, CAST.idir)] == [CAST.ines]
    with pytest.raises(Invalide) as refused:
        await away(now, CAST.idir, caf, remplacant=CAST.rose)
    assert set(refused.value.erreurs) == {"remplacant"}
    await database.fetch("update agents set deactivated_at = :now where id = :ines", now=now, ines=CAST.ines)
    assert await list_remplacants(caf, CAST.idir) == []


async def test_lists_and_pages_say_in_whose_place(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch("update sollicitations set taken_by = :i where demande = :n", i=CAST.idir, n=numero)
    await away(now, CAST.aida, CAST.groupes.france_services, remplacant=CAST.aline)
    await away(now, CAST.idir, CAST.groupes.caf, remplacant=CAST.ines)
    for agent, said in ((CAST.aline, "à la place d’Aïda Kerjean"), (CAST.ines, "à la place d’Idir Hamel")):
        browser = await signed_in(agent)
        await browser.get("/demandes" if agent == CAST.aline else "/demandes/recues")
        assert said in browser.page.texte
    await browser.get(f"/demandes/{numero}")
    assert "à la place d’Aïda Kerjean" in browser.page.texte
    assert "absence jusqu’au vendredi 4 décembre 2026" in browser.page.texte


async def test_an_author_who_is_away_and_instructs_it_elsewhere_is_told_of_no_private_message(
    now: datetime,
) -> None:
    numero = await make_demande(now, groupes=[CAST.groupes.caf, CAST.groupes.cpam])
    await join(CAST.aida, CAST.groupes.cpam, now, Role.INSTRUCTEUR)
    await away(now, CAST.aida, CAST.groupes.france_services, remplacant=CAST.aline)
    await post(CAST.ines, numero, now + timedelta(hours=1), is_prive=True)
    assert await list_told("message_envoye") == {"ivan@exemple.fr"}
