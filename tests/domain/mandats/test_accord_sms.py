"""OUI, NON, anything else, silence; limits and night (product §8)."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from app import database
from app.domain import mandats
from app.domain.demandes.vu import see
from app.domain.faits import sms
from app.domain.mandats import Mandat, MandatSaisi
from app.domain.mandats import textes as textes_mandat
from app.domain.mandats.sms_demandes import PAS_MAINTENANT
from app.domain.mandats.sms_recus import RELANCE
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.mandats import NatureMandat
from app.domain.regles.permissions import can_answer
from app.settings import get_settings
from tests.cast import CAST
from tests.domain.scene import DAY, load, record_mandat, revoke_mandat, signed_as
from tests.factories import erase_demandes, list_journal, list_told, make_demande

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
NOUMEA = ZoneInfo("Pacific/Noumea")
MOBILE = "06 12 34 56 78"
AUTRE = "06 12 34 56 79"
CALLAC = "France Services Callac"


async def ask(
    now: datetime,
    *,
    agent: int = 0,
    formulaire: UUID | None = None,
    numero: str = MOBILE,
    zone: ZoneInfo = PARIS,
) -> UUID:
    """An aidant asks by SMS from a form; gives the form."""
    formulaire = formulaire or uuid4()
    signed = await signed_as(agent or CAST.aida, now)
    await mandats.request_sms(
        signed, formulaire=formulaire, numero=numero, structure=CALLAC, zone=zone, now=now
    )
    return formulaire


async def ask_for(numero: int, now: datetime, *, agent: int = 0) -> None:
    """The same for a demande without mandat."""
    signed = await signed_as(agent or CAST.aida, now)
    demande = await load(signed, numero)
    await mandats.request_sms(
        signed,
        demande=demande,
        numero=MOBILE,
        structure=CALLAC,
        zone=PARIS,
        now=now,
        vu=see(signed.droits, demande),
    )


async def of_form(formulaire: UUID, agent: int = 0) -> Mandat:
    """The mandat of this form."""
    found = await mandats.find_for_form(agent or CAST.aida, formulaire)
    assert found is not None
    return found


async def answer(texte: str, now: datetime, *, numero: str = MOBILE, cle: str = "") -> None:
    """The usager writes."""
    await mandats.receive_sms(numero, texte, cle or str(uuid4()), now)


async def sent() -> list[str]:
    """The texts sent so far, oldest first."""
    return [m.texte for m in reversed(await sms.list_sms()) if m.sens == "envoye"]


async def refused(now: datetime, **facts: object) -> str:
    """Why this SMS is not sent."""
    with pytest.raises(Invalide) as error:
        await ask(now, **facts)  # type: ignore[arg-type]
    assert list(error.value.erreurs) == ["sms_numero"]
    return error.value.erreurs["sms_numero"]


async def test_the_exact_published_text_is_sent_and_sealed(now: datetime) -> None:
    mandat = await of_form(await ask(now))
    assert (
        await sent() == [textes_mandat.write_sms(textes_mandat.VERSION, structure=CALLAC)] == [mandat.texte]
    )
    assert mandat.etat == "en_attente" and mandat.nature is NatureMandat.SMS
    assert mandat.empreinte == textes_mandat.get_empreinte(textes_mandat.VERSION, "sms.txt")
    rows = await database.fetch("select numero_empreinte, contenu_scelle from sms")
    assert all(
        b"612345678" not in r["contenu_scelle"] and "612345678" not in r["numero_empreinte"] for r in rows
    )
    (fait,) = await list_journal("mandat_sms_envoye")
    assert fait["details"] == {}


async def test_the_territory_of_the_usager_is_dialled(now: datetime) -> None:
    """« 75 12 34 » rings in Nouméa and in Saint-Pierre: the département of the demande tells."""
    matin = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 11:00 there
    await ask(matin, numero="75 12 34", zone=NOUMEA)
    assert [envoye.numero for envoye in await sms.list_sms()] == ["+687751234"]
    assert "plusieurs territoires" in await refused(now, numero="75 12 34")
    assert "+689" in await refused(now, numero="87 12 34 56")


@pytest.mark.parametrize("texte", ["Oui", "OUI.", "  oüi !", "oui\n"])
async def test_oui_gives_the_mandat(texte: str, now: datetime) -> None:
    formulaire = await ask(now)
    await answer(texte, now + timedelta(minutes=5))
    mandat = await of_form(formulaire)
    assert (mandat.etat, mandat.reponse) == ("valide", texte)
    assert mandat.donne_on and mandat.donne_on.isoformat() == "2026-11-24"
    assert mandat.ends_at and mandat.ends_at.date().isoformat() == "2027-11-24"
    assert await list_told("mandat_sms_repondu") == {"aida@exemple.fr"}
    (fait,) = await list_journal("mandat_sms_repondu")
    assert fait["details"] == {"reponse": "oui"}


async def test_non_refuses(now: datetime) -> None:
    formulaire = await ask(now)
    await answer("Non !", now)
    mandat = await of_form(formulaire)
    assert (mandat.etat, mandat.donne_on, mandat.ends_at) == ("refuse", None, None)
    assert await list_told("mandat_sms_repondu") == {"aida@exemple.fr"}


async def test_anything_else_is_asked_again_once(now: datetime) -> None:
    formulaire = await ask(now)
    for texte in ("non merci", "ok", "oui mais", "c’est qui ?"):
        await answer(texte, now + timedelta(minutes=1))
    assert (await of_form(formulaire)).etat == "en_attente"
    assert (await sent())[1:] == [RELANCE]
    assert await list_told("mandat_sms_repondu") == set()
    await answer("oui", now)
    assert (await of_form(formulaire)).etat == "valide"


async def test_a_double_webhook_counts_once(now: datetime) -> None:
    formulaire = await ask(now)
    for _ in range(3):
        await answer("ok", now + timedelta(minutes=1), cle="A")
    assert (await sent())[1:] == [RELANCE]
    for _ in range(2):
        await answer("OUI", now, cle="B")
    assert (await of_form(formulaire)).etat == "valide"
    assert len(await list_journal("mandat_sms_repondu")) == 1
    assert len(await database.fetch("select 1 from courriels where fait = 'mandat_sms_repondu'")) == 1


async def test_a_word_said_is_not_taken_back_by_another(now: datetime) -> None:
    formulaire = await ask(now)
    await answer("NON", now)
    await answer("OUI", now)
    assert (await of_form(formulaire)).etat == "refuse"


async def test_who_gave_a_mandat_and_writes_non_is_heard(now: datetime) -> None:
    formulaire = await ask(now)
    await answer("OUI", now)
    await answer("NON", now)
    assert (await of_form(formulaire)).etat == "valide", "a person revokes, not a word out of its time"
    assert len(await database.fetch("select 1 from courriels where fait = 'mandat_sms_repondu'")) == 2


async def test_silence_ends_after_seven_days(now: datetime) -> None:
    formulaire = await ask(now)
    await mandats.expire_waiting(now + timedelta(days=6, hours=23))
    assert (await of_form(formulaire)).etat == "en_attente"
    late = now + 7 * DAY
    await answer("OUI", late)
    assert (await of_form(formulaire)).etat == "en_attente", "too late, even before the sweep"
    for _ in range(2):
        await mandats.expire_waiting(late)
    assert (await of_form(formulaire)).etat == "expire"
    assert len(await database.fetch("select 1 from courriels where fait = 'mandat_sms_repondu'")) == 1


async def test_a_number_nobody_wrote_to_is_forgotten(now: datetime) -> None:
    for numero in (MOBILE, "n’importe quoi", "+32470123456", ""):
        await answer("OUI", now, numero=numero)
    assert await database.fetch("select 1 from sms") == []


async def test_three_a_day_to_a_number_whoever_asks(now: datetime) -> None:
    for n, agent in enumerate((CAST.aida, CAST.aline, CAST.eve)):
        await ask(now + timedelta(minutes=n), agent=agent)
        await answer("NON", now + timedelta(minutes=n))
    assert await refused(now + timedelta(minutes=4)) == PAS_MAINTENANT
    await ask(now + DAY + timedelta(minutes=3))


async def test_a_number_is_asked_one_thing_at_a_time(now: datetime) -> None:
    first = await ask(now)
    assert await refused(now, agent=CAST.eve) == PAS_MAINTENANT, "and nothing says who else wrote"
    assert await refused(now, agent=CAST.aida) == PAS_MAINTENANT
    await answer("OUI", now)
    assert (await of_form(first)).etat == "valide"


async def test_thirty_a_day_for_an_agent(now: datetime) -> None:
    formulaire = uuid4()
    for n in range(30):
        await ask(now, formulaire=formulaire, numero=f"06 12 34 56 {n:02}")
    assert "30 SMS" in await refused(now, numero="06 12 34 57 00")
    await ask(now, agent=CAST.aline, numero="06 12 34 57 00")


async def test_a_double_click_sends_one_sms_and_patience_sends_another(now: datetime) -> None:
    formulaire = await ask(now)
    await ask(now + timedelta(seconds=3), formulaire=formulaire)
    assert len(await sent()) == 1
    await ask(now + timedelta(hours=1), formulaire=formulaire)
    assert len(await sent()) == 2
    assert len(await database.fetch("select 1 from mandats")) == 1


async def test_a_number_corrected_silences_the_wrong_one(now: datetime) -> None:
    formulaire = await ask(now, numero=AUTRE)
    await ask(now, formulaire=formulaire)
    await answer("OUI", now, numero=AUTRE)
    assert (await of_form(formulaire)).etat == "en_attente"
    await answer("OUI", now)
    assert (await of_form(formulaire)).etat == "valide"


@pytest.mark.parametrize(
    ("numero", "mot"),
    [
        ("", "Indiquez"),
        ("12", "numéro français"),
        ("+32 470 12 34 56", "numéro français"),
        ("02 96 01 02 03", "fixe"),
    ],
)
async def test_only_a_french_mobile_is_written_to(numero: str, mot: str, now: datetime) -> None:
    assert mot in await refused(now, numero=numero)


async def test_none_at_night_on_the_usager_s_clock(now: datetime) -> None:
    soir = datetime(2026, 11, 24, 20, 0, tzinfo=PARIS)
    assert "demain à partir de 8" in await refused(soir)
    assert "ce matin à partir de 8" in await refused(soir + timedelta(hours=11, minutes=59))
    # 17 h 30 in Paris is 20 h 30 in Saint-Denis.
    assert "demain" in await refused(datetime(2026, 11, 24, 17, 30, tzinfo=PARIS), zone=REUNION)
    await ask(soir + timedelta(hours=12))


async def test_the_handset_of_a_demonstration_works_at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = dataclasses.replace(get_settings(), environment="demo")
    monkeypatch.setattr(sms, "get_settings", lambda: demo)
    soir = datetime(2026, 11, 24, 23, 0, tzinfo=PARIS)
    await ask(soir)
    assert len(await sms.claim_sms(soir)) == 1


async def test_even_a_reminder_waits_for_the_morning(now: datetime) -> None:
    await ask(now)
    await database.fetch("update sms set done_at = :now", now=now)
    soir = datetime(2026, 11, 24, 23, 0, tzinfo=PARIS)
    await answer("hein ?", soir)
    assert await sms.claim_sms(soir.astimezone(UTC)) == []
    (envoi,) = await sms.claim_sms(datetime(2026, 11, 25, 8, 0, tzinfo=PARIS))
    assert envoi.texte == RELANCE


async def test_what_the_night_catches_in_the_queue_waits_too(now: datetime) -> None:
    await ask(now)
    nuit = datetime(2026, 11, 25, 2, 0, tzinfo=PARIS)
    assert await sms.claim_sms(nuit) == []
    assert len(await sms.claim_sms(datetime(2026, 11, 25, 8, 1, tzinfo=PARIS))) == 1


async def test_a_demande_starts_again_when_the_usager_says_oui(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    await ask_for(numero, now)
    await answer("OUI", now)
    signed = await signed_as(CAST.ines, now)
    assert can_answer(signed.droits, (await load(signed, numero)).parties)
    assert await list_told("mandat_enregistre") == {"ines@exemple.fr", "idir@exemple.fr"}
    (line,) = await database.fetch(
        "select nature, auteur from messages where demande = :numero", numero=numero
    )
    assert (line["nature"], line["auteur"]) == ("mandat", CAST.aida)
    with pytest.raises(Conflit):
        await ask_for(numero, now)


async def test_a_revocation_makes_a_late_oui_worthless(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    await ask_for(numero, now)
    signed = await signed_as(CAST.aida, now)
    saisi = MandatSaisi(nature=NatureMandat.PAPIER, mandat_on=now.date(), is_attestee=True)
    await record_mandat(signed, await load(signed, numero), saisi, now)
    demande = await load(signed, numero)
    await revoke_mandat(signed, demande, now)
    await answer("OUI", now)
    assert not (await load(signed, numero)).parties.has_mandat


async def test_only_who_may_record_a_mandat_asks_for_one(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    with pytest.raises(Refus):
        await ask_for(numero, now, agent=CAST.ines)
    with pytest.raises(Refus):
        await ask(now, agent=CAST.paul)


async def test_the_mandat_follows_the_demande_that_is_sent(now: datetime) -> None:
    formulaire = await ask(now)
    await answer("OUI", now)
    numero = await make_demande(now, has_mandat=False)
    signed = await signed_as(CAST.aida, now)
    saisi = MandatSaisi(nature=NatureMandat.SMS, is_attestee_sms=True)
    await mandats.record(signed, saisi, demande=numero, formulaire=formulaire, structure=CALLAC, now=now)
    assert (await load(signed, numero)).parties.has_mandat


async def test_no_demande_leaves_on_an_sms_without_oui(now: datetime) -> None:
    formulaire = await ask(now)
    numero = await make_demande(now, has_mandat=False)
    saisi = MandatSaisi(nature=NatureMandat.SMS, is_attestee_sms=True)
    for agent in (CAST.aida, CAST.aline):
        signed = await signed_as(agent, now)
        with pytest.raises(Invalide):
            async with database.transaction():
                await mandats.record(
                    signed, saisi, demande=numero, formulaire=formulaire, structure=CALLAC, now=now
                )


@pytest.mark.committed
async def test_the_same_answer_brought_twenty_times_at_once_counts_once(now: datetime) -> None:
    formulaire = await ask(now)
    try:
        await asyncio.gather(*(answer("OUI", now, cle="A") for _ in range(20)))
        assert (await of_form(formulaire)).etat == "valide"
        assert len(await list_journal("mandat_sms_repondu")) == 1
        requests = (ask(now, formulaire=formulaire, numero=AUTRE) for _ in range(10))
        await asyncio.gather(*requests)
        assert len(await sent()) == 2
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_a_oui_that_meets_a_revocation_never_brings_the_mandat_back(now: datetime) -> None:
    """Both hold the demande, then its mandats, in this order: neither is undone for the other to end."""
    saisi = MandatSaisi(nature=NatureMandat.PAPIER, mandat_on=now.date(), is_attestee=True)
    try:
        for n in range(5):
            numero = await make_demande(now, has_mandat=False)
            await ask_for(numero, now + n * DAY)
            signed = await signed_as(CAST.aida, now)
            await record_mandat(signed, await load(signed, numero), saisi, now)
            demande = await load(signed, numero)
            await asyncio.gather(
                answer("OUI", now + n * DAY),
                revoke_mandat(signed, demande, now),
            )
            assert not (await load(signed, numero)).parties.has_mandat
    finally:
        await erase_demandes()
