"""Acts on several demandes from a list, and their undoing: each judged and written as its own page would."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import database
from app.domain.demandes.vu import PartVue, see
from app.domain.echanges.bilans import BilanListe, find_bilan
from app.domain.echanges.gestes import (
    GESTES_MAX,
    INTROUVABLE,
    GesteListe,
    GesteSaisi,
    do_gestes,
    undo_gestes,
)
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.oubli.genres import GenreRangee
from app.domain.oubli.genres import sweep as forget
from app.domain.regles.errors import Invalide
from tests.cast import CAST
from tests.domain.scene import (
    DAY,
    HOUR,
    answer_quickly,
    close_demande,
    list_mails,
    load,
    make_caf_cpam,
    post,
    revoke_mandat,
    signed_as,
    typed,
)
from tests.factories import list_journal, make_demande, make_invitation

PART = "select * from sollicitations where demande = :numero order by id"
SUIVI = "select * from suivis where demande = :numero order by sollicitation"


async def facts(sql: str, numero: int) -> list[dict[str, Any]]:
    return [dict(row) for row in await database.fetch(sql, numero=numero)]


async def ask(
    agent: int,
    acte: GesteListe,
    numeros: list[int],
    now: datetime,
    *,
    vues: Mapping[int, Mapping[int, PartVue]] | None = None,
    cle: UUID | None = None,
    rappel_le: date | None = None,
    signature: str = "",
) -> BilanListe:
    """The act of a list that shows each demande as it is, unless `vues` says otherwise; what became of them."""
    signed = await signed_as(agent, now)
    seen = {}
    for numero in numeros:
        rows = await database.fetch(PART, numero=numero)
        if rows:
            author = await signed_as(CAST.aida, now)
            seen[numero] = see(author.droits, await load(author, numero)).parts
    saisi = GesteSaisi(
        cle=cle or uuid4(),
        acte=acte,
        numeros=tuple(numeros),
        vues=vues if vues is not None else seen,
        rappel_le=rappel_le,
        signature=signature,
    )
    await do_gestes(signed, saisi, now)
    bilan = await find_bilan(signed, saisi.cle)
    assert bilan is not None
    return bilan


async def undo(agent: int, bilan: BilanListe, now: datetime) -> BilanListe:
    signed = await signed_as(agent, now)
    await undo_gestes(signed, bilan.lot, now)
    after = await find_bilan(signed, bilan.lot)
    assert after is not None
    return after


# --- Je m’en occupe -----------------------------------------------------------------------------------------------


async def test_several_are_taken_at_once_as_their_own_page_would(now: datetime) -> None:
    numeros = [await make_demande(now - HOUR), await make_demande(now - HOUR)]
    bilan = await ask(CAST.ines, GesteListe.PRISE, numeros, now)
    assert (bilan.faites, bilan.restees) == (tuple(numeros), ())
    for numero in numeros:
        [part] = await facts(PART, numero)
        assert (part["taken_by"], part["answered_at"]) == (CAST.ines, now)
        assert "aida@exemple.fr" in [who for _, who in await list_mails(numero)]
    assert len(await list_journal("prise_en_charge")) == 2


async def test_undoing_gives_back_the_part_its_delay_its_follower_and_its_figures(now: datetime) -> None:
    """A late part nobody answered is late again; the figures forget an answer that was none."""
    numero = await make_demande(now, sent_at=now - 8 * DAY)
    part, suivi = await facts(PART, numero), await facts(SUIVI, numero)
    assert part[0]["late_at"] < now
    bilan = await ask(CAST.ines, GesteListe.PRISE, [numero], now)
    assert await facts(PART, numero) != part
    assert len(await database.fetch("select from retards")) == 1
    after = await undo(CAST.ines, bilan, now + timedelta(seconds=20))
    assert (after.annulees, after.faites, after.restees) == ((numero,), (), ())
    assert await facts(PART, numero) == part
    assert await facts(SUIVI, numero) == suivi
    assert await database.fetch("select from retards") == []
    lines = await database.fetch("select nature from messages where demande = :n order by id", n=numero)
    assert [line["nature"] for line in lines] == ["prise_en_charge", "rendue"]


async def test_an_answer_given_before_stays_measured_when_a_later_act_is_undone(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - 2 * DAY)
    await post(CAST.idir, numero, now - DAY)
    part, suivi = await facts(PART, numero), await facts(SUIVI, numero)
    await undo(CAST.ines, await ask(CAST.ines, GesteListe.PRISE, [numero], now), now + HOUR)
    assert (await facts(PART, numero), await facts(SUIVI, numero)) == (part, suivi)


async def test_a_visit_made_since_stays_when_the_act_is_undone(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    await database.fetch(
        "update sollicitations set opened_at = :at where demande = :n", at=now - HOUR, n=numero
    )
    await undo(CAST.ines, await ask(CAST.ines, GesteListe.PRISE, [numero], now), now + HOUR)
    [part] = await facts(PART, numero)
    assert (part["opened_at"], part["taken_by"]) == (now - HOUR, None)


async def take(agent: int, numero: int, now: datetime) -> None:
    signed = await signed_as(agent, now)
    await answer_quickly(signed, await load(signed, numero), ReponseRapide.PRISE_EN_CHARGE, typed(""), now)


async def test_a_colleague_first_is_told_and_never_undone(now: datetime) -> None:
    free, taken, moved = [await make_demande(now - DAY) for _ in range(3)]
    signed = await signed_as(CAST.ines, now)
    seen = {n: see(signed.droits, await load(signed, n)).parts for n in (free, taken, moved)}
    await take(CAST.idir, taken, now - HOUR)
    await post(CAST.idir, moved, now - HOUR)
    bilan = await ask(CAST.ines, GesteListe.PRISE, [free, taken, moved], now, vues=seen)
    assert bilan.faites == (free,)
    assert dict(bilan.restees) == {
        taken: "Idir Hamel s’en occupe déjà\u00a0: ouvrez la demande pour prendre la suite.",
        moved: "La demande a changé depuis que vous avez ouvert cette liste\u00a0: CAF 22, en cours.",
    }
    [part] = await facts(PART, taken)
    assert part["taken_by"] == CAST.idir


async def test_each_row_that_is_not_done_says_its_true_reason(now: datetime) -> None:
    mine, ended, closed, revoked, foreign = [await make_demande(now - DAY) for _ in range(5)]
    by_name = await make_demande(now - DAY, groupes=(CAST.groupes.cpam,))
    await make_invitation(by_name, CAST.ines, "instructeur", now - DAY)
    await database.fetch(
        "update sollicitations set groupe = :g where demande = :n", g=CAST.groupes.cpam, n=foreign
    )
    await take(CAST.ines, mine, now - HOUR)
    await post(CAST.idir, ended, now - HOUR, is_traitee=True)
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, closed), now=now - HOUR)
    await revoke_mandat(aida, await load(aida, revoked), now - HOUR)
    bilan = await ask(
        CAST.ines, GesteListe.PRISE, [mine, ended, closed, revoked, foreign, by_name, 999_999], now
    )
    reasons = dict(bilan.restees)
    assert reasons[mine] == "Vous vous en occupez déjà."
    assert reasons[ended] == "CAF 22 a déjà terminé sa part."
    assert reasons[closed].startswith("Cette demande est clôturée")
    assert reasons[revoked].startswith("Le mandat de l’usager n’est plus valide")
    assert reasons[foreign] == reasons[999_999] == INTROUVABLE
    assert reasons[by_name].startswith("Votre groupe n’est pas sollicité")
    assert bilan.faites == ()


async def test_two_groupes_of_ones_own_are_told_apart_on_the_page(now: datetime) -> None:
    numero = await make_caf_cpam(now - DAY)
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:a, :g, true, :now)",
        a=CAST.ines,
        g=CAST.groupes.cpam,
        now=now,
    )
    bilan = await ask(CAST.ines, GesteListe.PRISE, [numero], now)
    assert bilan.restees[0][1].startswith("Plusieurs de vos groupes sont sollicités")


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        ("answered", "CAF 22 a répondu depuis\u00a0: la réponse reste."),
        ("taken", "Idir Hamel s’en occupe depuis."),
        ("ended", "CAF 22 a terminé sa part depuis."),
        ("given back", "Vous l’avez déjà rendue."),
    ],
)
async def test_what_happened_since_is_never_undone(now: datetime, since: str, reason: str) -> None:
    numero = await make_demande(now - DAY)
    bilan = await ask(CAST.ines, GesteListe.PRISE, [numero], now)
    later = now + HOUR
    if since == "taken":
        await take(CAST.idir, numero, later)
    elif since == "given back":
        ines = await signed_as(CAST.ines, later)
        await answer_quickly(ines, await load(ines, numero), ReponseRapide.RENDUE, typed(""), later)
    else:
        await post(CAST.idir, numero, later, is_traitee=since == "ended")
    before = await facts(PART, numero)
    after = await undo(CAST.ines, bilan, later + HOUR)
    assert after.restees == ((numero, reason),)
    assert after.annulees == ()
    assert await facts(PART, numero) == before


async def test_who_left_the_groupe_undoes_nothing(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    bilan = await ask(CAST.ines, GesteListe.PRISE, [numero], now)
    ines = await signed_as(CAST.ines, now)
    await database.fetch("delete from adhesions where agent = :a", a=CAST.ines)
    await undo_gestes(ines, bilan.lot, now + HOUR)
    after = await find_bilan(ines, bilan.lot)
    assert after is not None and after.restees == ((numero, INTROUVABLE),)
    [part] = await facts(PART, numero)
    assert part["taken_by"] == CAST.ines


async def test_the_same_form_sent_again_does_it_once_and_a_stranger_undoes_nothing(now: datetime) -> None:
    numero, cle = await make_demande(now - DAY), uuid4()
    first = await ask(CAST.ines, GesteListe.PRISE, [numero], now, cle=cle)
    assert await ask(CAST.ines, GesteListe.PRISE, [numero], now, cle=cle) == first
    assert len(await list_journal("prise_en_charge")) == 1
    idir = await signed_as(CAST.idir, now)
    await undo_gestes(idir, cle, now)
    assert await find_bilan(idir, cle) is None
    [part] = await facts(PART, numero)
    assert part["taken_by"] == CAST.ines
    once = await undo(CAST.ines, first, now + HOUR)
    assert await undo(CAST.ines, first, now + HOUR) == once
    assert len(await list_journal("part_rendue")) == 1


async def test_a_compte_collectif_says_who_signs(now: datetime) -> None:
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:a, :g, true, :now)",
        a=CAST.claude,
        g=CAST.groupes.caf,
        now=now,
    )
    numero = await make_demande(now - DAY)
    with pytest.raises(Invalide) as refused:
        await ask(CAST.claude, GesteListe.PRISE, [numero], now)
    assert list(refused.value.erreurs) == ["signature"]
    await ask(CAST.claude, GesteListe.PRISE, [numero], now, signature="Marie Le Bihan, accueil")
    [line] = await database.fetch("select signature from messages where demande = :n", n=numero)
    assert line["signature"] == "Marie Le Bihan, accueil"


# --- Non lue, rappel ----------------------------------------------------------------------------------------------


async def read(agent: int, numero: int, now: datetime) -> None:
    await database.fetch(
        "insert into lectures (demande, agent, first_at, last_at) values (:n, :a, :now, :now)",
        n=numero,
        a=agent,
        now=now,
    )


LECTURE = "select non_lue_at, marquee_at, last_at from lectures where demande = :numero"
MEMO = "select due_at, created_at, told_at from memos where demande = :numero"


async def test_unread_again_then_as_it_was(now: datetime) -> None:
    numero, unopened = await make_demande(now - DAY), await make_demande(now - DAY)
    await read(CAST.ines, numero, now - HOUR)
    before = await facts(LECTURE, numero)
    bilan = await ask(CAST.ines, GesteListe.NON_LUE, [numero, unopened], now)
    assert bilan.faites == (numero,)
    assert [n for n, _ in bilan.restees] == [unopened]
    assert await facts(LECTURE, numero) != before
    await undo(CAST.ines, bilan, now + HOUR)
    assert await facts(LECTURE, numero) == before


async def test_what_was_opened_since_is_not_marked_back(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    await read(CAST.ines, numero, now - HOUR)
    bilan = await ask(CAST.ines, GesteListe.NON_LUE, [numero], now)
    await database.fetch("update lectures set non_lue_at = null, marquee_at = null")
    after = await undo(CAST.ines, bilan, now + HOUR)
    assert after.restees == ((numero, "Vous l’avez ouverte depuis, ou elle a été marquée à nouveau."),)


async def test_a_reminder_is_asked_for_several_and_the_former_one_comes_back(now: datetime) -> None:
    former, none = await make_demande(now - DAY), await make_demande(now - DAY)
    day = now.date() + timedelta(days=3)
    await ask(CAST.ines, GesteListe.RAPPEL, [former], now - HOUR, rappel_le=day)
    before = await facts(MEMO, former)
    bilan = await ask(CAST.ines, GesteListe.RAPPEL, [former, none], now, rappel_le=day + DAY)
    assert bilan.faites == (former, none)
    assert len(await facts(MEMO, none)) == 1
    after = await undo(CAST.ines, bilan, now + HOUR)
    assert after.annulees == (former, none)
    assert await facts(MEMO, former) == before
    assert await facts(MEMO, none) == []


async def test_a_reminder_told_since_is_kept(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    bilan = await ask(CAST.ines, GesteListe.RAPPEL, [numero], now, rappel_le=now.date() + DAY)
    await database.fetch("update memos set told_at = :now", now=now + DAY)
    after = await undo(CAST.ines, bilan, now + DAY)
    assert after.restees == ((numero, "Ce rappel a été donné, changé ou terminé depuis."),)
    assert len(await facts(MEMO, numero)) == 1


# --- Bounds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numeros", "acte", "rappel_le", "where"),
    [
        ([], GesteListe.PRISE, None, ""),
        (range(1, GESTES_MAX + 2), GesteListe.NON_LUE, None, ""),
        ([1], None, None, ""),
        ([1], GesteListe.RAPPEL, None, "rappel_le"),
        ([1], GesteListe.RAPPEL, date(2026, 11, 24), "rappel_le"),
    ],
)
async def test_what_cannot_be_asked_does_nothing(
    now: datetime, numeros: list[int], acte: GesteListe | None, rappel_le: date | None, where: str
) -> None:
    signed = await signed_as(CAST.ines, now)
    saisi = GesteSaisi(cle=uuid4(), acte=acte, numeros=tuple(numeros), rappel_le=rappel_le)
    with pytest.raises(Invalide) as refused:
        await do_gestes(signed, saisi, now)
    assert list(refused.value.erreurs) == [where]
    assert await find_bilan(signed, saisi.cle) is None


async def test_what_undoing_needs_is_kept_for_a_day(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    bilan = await ask(CAST.ines, GesteListe.PRISE, [numero], now)
    assert await forget(GenreRangee.GESTES, now + DAY - HOUR) == 0
    assert await forget(GenreRangee.GESTES, now + DAY + HOUR) == 1
    assert await find_bilan(await signed_as(CAST.ines, now), bilan.lot) is None
