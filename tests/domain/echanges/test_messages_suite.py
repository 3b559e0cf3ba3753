"""Who is not the right one says who is, by the same act: the part ends and the other groupe is asked, or neither."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4, uuid5

import pytest

from app import database
from app.domain.echanges.actes import Depuis
from app.domain.echanges.fil import list_fil
from app.domain.echanges.invitations import list_groupes
from app.domain.echanges.redaction import open_redaction
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import InvitationSaisie, MessageSaisi
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.domain.regles.statuts import Nature
from tests.cast import CAST
from tests.domain.scene import (
    answer_quickly,
    facts_of,
    invite,
    list_mails,
    load,
    part,
    post_message,
    signed_as,
    typed,
)
from tests.factories import list_journal, make_demande

DECLINEE = ReponseRapide.DECLINEE


def handing_over(*groupes: int, **facts: object) -> MessageSaisi:
    """A decline that names who takes over."""
    saisi = typed("", **facts)
    return replace(saisi, invitation=InvitationSaisie(cle=saisi.cle, groupes=groupes))


async def set_sujet(numero: int, code: str) -> None:
    await database.fetch(
        "update demandes set sujet = (select id from sujets where code = :code) where numero = :numero",
        code=code,
        numero=numero,
    )


async def solicited(numero: int) -> set[int]:
    rows = await database.fetch("select groupe from sollicitations where demande = :numero", numero=numero)
    return {row["groupe"] for row in rows}


async def test_one_act_ends_the_part_and_asks_the_other_groupe_once(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    demande, saisi = await load(ines, numero), handing_over(CAST.groupes.cpam, motif="C’est la CPAM.")
    ligne = await answer_quickly(ines, demande, DECLINEE, saisi, now)
    assert await answer_quickly(ines, demande, DECLINEE, saisi, now) == ligne
    lignes = await list_fil(ines.droits, await load(ines, numero))
    assert [(one.nature, one.texte, one.groupes_invites) for one in lignes] == [
        (Nature.DECLINEE, "C’est la CPAM.", ()),
        (Nature.INVITATION, "", ("CPAM 22",)),
    ]
    assert {one.groupe_nom for one in lignes} == {"CAF 22"}
    assert (await part(numero, CAST.groupes.caf, now)).part.declinee_at == now
    asked = await part(numero, CAST.groupes.cpam, now)
    assert asked.is_open
    assert asked.solicited_at == now
    told = {(fait, adresse) for fait, adresse in await list_mails(numero)}
    assert ("sollicitation_declinee", "aida@exemple.fr") in told
    assert ("invitation_envoyee", "ivan@exemple.fr") in told
    assert len(await list_journal(Fait.SOLLICITATION_DECLINEE)) == 1
    assert len(await list_journal(Fait.INVITATION_ENVOYEE)) == 1


async def test_no_message_of_before_takes_the_place_of_the_line_that_says_who_was_invited(
    now: datetime,
) -> None:
    """Whoever makes up the key of a message would bring a groupe in without a word to anybody."""
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    saisi = handing_over(CAST.groupes.cpam)
    planted = typed("Je regarde.", cle=uuid5(saisi.cle, "invitation"))
    await post_message(ines, await load(ines, numero), planted, now)
    await answer_quickly(ines, await load(ines, numero), DECLINEE, saisi, now)
    assert CAST.groupes.cpam in await solicited(numero)
    assert len(await list_journal(Fait.INVITATION_ENVOYEE)) == 1
    assert ("invitation_envoyee", "ivan@exemple.fr") in await list_mails(numero)


async def test_a_groupe_invited_meanwhile_is_not_invited_twice(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    demande = await load(ines, numero)
    aida = await signed_as(CAST.aida, now)
    invitation = InvitationSaisie(cle=uuid4(), groupes=(CAST.groupes.cpam,))
    await invite(aida, await load(aida, numero), invitation, now)
    await answer_quickly(ines, demande, DECLINEE, handing_over(CAST.groupes.cpam), now)
    natures = [one.nature for one in await list_fil(ines.droits, await load(ines, numero))]
    assert natures == [Nature.INVITATION, Nature.DECLINEE]


async def test_a_groupe_that_cannot_be_asked_leaves_the_part_as_it_was(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    demande, before = await load(ines, numero), await facts_of(numero, CAST.groupes.caf)
    refused = {
        "groupes": [handing_over(CAST.groupes.ccas_974 + 10_000), handing_over()],
        "is_prive": [handing_over(CAST.groupes.cpam, is_prive=True)],
    }
    for champ, saisis in refused.items():
        for saisi in saisis:
            with pytest.raises(Invalide) as said:
                await answer_quickly(ines, demande, DECLINEE, saisi, now)
            assert set(said.value.erreurs) == {champ}
    assert await facts_of(numero, CAST.groupes.caf) == before
    assert await solicited(numero) == {CAST.groupes.caf}


async def test_a_colleague_who_was_first_stops_both_halves(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await signed_as(CAST.ines, now), await signed_as(CAST.idir, now)
    page = await load(ines, numero)
    await answer_quickly(idir, await load(idir, numero), DECLINEE, typed("", motif="Pas nous."), now)
    with pytest.raises(Depuis):
        await answer_quickly(ines, page, DECLINEE, handing_over(CAST.groupes.cpam), now)
    assert await solicited(numero) == {CAST.groupes.caf}


async def test_the_organismes_of_the_sujet_come_first(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await signed_as(CAST.aida, now)
    await set_sujet(numero, "naissance_deces")
    proposed = await list_groupes(await load(aida, numero), None, now)
    assert (proposed[0].nom, proposed[0].is_du_sujet) == ("CPAM 22", True)
    assert ("France Travail 22", False) in [(g.nom, g.is_du_sujet) for g in proposed]


async def test_they_are_proposed_to_whom_they_help(now: datetime) -> None:
    numero = await make_demande(now)
    await set_sujet(numero, "naissance_deces")

    async def proposed(who: int, *choisis: int) -> list[str]:
        signed = await signed_as(who, now)
        redaction = await open_redaction(signed, await load(signed, numero), now, choisis=choisis)
        return [g.nom for g in redaction.proposes]

    assert (await proposed(CAST.ines))[0] == "CPAM 22"
    assert await proposed(CAST.aida) == []
    # What was ticked elsewhere stays on the page.
    assert (await proposed(CAST.ines, CAST.groupes.cpam_974))[0] == "CPAM 974"
    ines = await signed_as(CAST.ines, now)
    await answer_quickly(ines, await load(ines, numero), DECLINEE, typed("", cle=uuid4()), now)
    assert await proposed(CAST.ines) == []
    assert (await proposed(CAST.aida))[0] == "CPAM 22"
