"""« J’ai besoin d’un document »: the aidant is asked, and the delay of the groupe waits for the answer."""

from datetime import datetime
from typing import Any

import pytest

from app import database
from app.domain.echanges.documents import USUELS, ask_for, list_documents
from app.domain.regles.delais import echeance_suivi
from app.domain.regles.errors import Invalide, Refus
from app.domain.regles.statuts import is_en_pause
from tests.cast import CAST
from tests.domain.scene import DAY, HOUR, add_information, load, part, post, signed_as
from tests.factories import make_demande, make_invitation

RIB = "Relevé d’identité bancaire"


async def test_the_list_is_that_of_the_sujet_then_the_usual_ones(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    assert list_documents(await load(ines, numero)) == USUELS
    sujet = "update demandes set sujet = (select id from sujets where code = 'naissance_deces') where numero = :numero"
    await database.fetch(sujet, numero=numero)
    offered = list_documents(await load(ines, numero))
    assert offered[0] == "Acte de naissance ou de décès"
    assert offered.count(RIB) == 1
    assert set(USUELS) <= set(offered)


async def test_what_is_asked_comes_first_then_what_was_written(now: datetime) -> None:
    assert ask_for([], "Bonjour.") == "Bonjour."
    assert ask_for([RIB], "") == f"J’ai besoin de ce document\u00a0:\n– {RIB}"
    assert ask_for([RIB, "Bail"], "Merci.").endswith(f"– {RIB}\n– Bail\n\nMerci.")


async def test_the_delay_waits_for_the_aidant_and_counts_from_their_answer(now: datetime) -> None:
    sent, asked, answered = now - 12 * DAY, now - 10 * DAY, now - HOUR
    numero = await make_demande(sent)
    await post(CAST.ines, numero, asked, "", documents=(RIB,))
    calendrier = (await load(await signed_as(CAST.ines, now), numero)).calendrier
    waiting = await part(numero, CAST.groupes.caf, now)
    assert is_en_pause(waiting.part, sent)
    assert waiting.part.late_at == echeance_suivi(asked, calendrier)  # the aidant is called then (product §2)
    await post(CAST.aida, numero, answered)
    given = await part(numero, CAST.groupes.caf, now)
    assert not is_en_pause(given.part, answered)
    assert given.part.late_at == echeance_suivi(answered, calendrier)
    await post(CAST.aida, numero, now)
    assert (await part(numero, CAST.groupes.caf, now)).part.late_at == given.part.late_at


async def test_an_information_about_the_usager_answers_too_and_a_plain_answer_stops_nothing(
    now: datetime,
) -> None:
    numero = await make_demande(now - 12 * DAY, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    await post(CAST.ivan, numero, now - 11 * DAY)
    await post(CAST.ines, numero, now - 10 * DAY, "", documents=(RIB,))
    plain = (await part(numero, CAST.groupes.cpam, now)).part.late_at
    asked = (await part(numero, CAST.groupes.caf, now)).part.late_at
    aida = await signed_as(CAST.aida, now)
    await add_information(aida, await load(aida, numero), nature="adresse", valeur="1 rue Haute", now=now)
    assert (await part(numero, CAST.groupes.cpam, now)).part.late_at == plain
    moved = (await part(numero, CAST.groupes.caf, now)).part.late_at
    assert asked is not None and moved is not None and moved > asked


@pytest.mark.parametrize(
    ("facts", "champ"),
    [
        ({"documents": ("Une liste inventée",)}, "documents"),
        ({"documents": (RIB,), "is_traitee": True}, "documents"),
        ({"documents": (RIB,), "is_prive": True}, "is_prive"),
    ],
)
async def test_what_makes_no_sense_is_refused(now: datetime, facts: dict[str, Any], champ: str) -> None:
    numero = await make_demande(now)
    with pytest.raises(Invalide) as refus:
        await post(CAST.ines, numero, now, **facts)
    assert champ in refus.value.erreurs


@pytest.mark.parametrize("who", ["aida", "elie", "ivan"])
async def test_only_who_answers_for_a_groupe_asks(now: datetime, who: str) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await make_invitation(numero, CAST.ivan, "instructeur", now)
    with pytest.raises(Refus):
        await post(getattr(CAST, who), numero, now, documents=(RIB,))
