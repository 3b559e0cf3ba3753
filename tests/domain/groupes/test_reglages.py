"""What a groupe says of itself reaches who chooses it: pause, kinds of aidants, description (issue « Pause »)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from app import database
from app.domain.echanges import invitations
from app.domain.echanges.saisie import InvitationSaisie
from app.domain.groupes.reglages import Reglages, change_reglages, list_structures
from app.domain.regles.errors import Invalide, Refus
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled
from tests.domain.groupes.equipe import groupe_of
from tests.domain.scene import load, post, signed_as
from tests.factories import make_demande

OUVERT = Reglages("RSA, AAH.", "caf22@exemple.fr", False, None, None, "", ("france_services", "association"))
EN_PAUSE = replace(
    OUVERT,
    is_en_pause=True,
    pause_on=date(2026, 11, 24),
    reprise_on=date(2026, 11, 28),
    message="Service fermé, appelez le 3230.",
)


async def keep(now: datetime, reglages: Reglages, by: int | None = None) -> None:
    signed = await signed_as(by or CAST.rose, now)
    await change_reglages(signed, await groupe_of(signed, CAST.groupes.caf), reglages, now)


async def test_a_paused_groupe_shows_its_message_and_cannot_be_chosen(now: datetime) -> None:
    await keep(now, EN_PAUSE)
    aida = await signed_in(CAST.aida)
    await aida.post("/demandes/nouvelle", filled(etape="choisir", mode="libre", groupes=[]), status=200)
    assert (
        "en pause jusqu’au samedi 28 novembre 2026\u00a0: Service fermé, appelez le 3230." in aida.page.texte
    )
    assert f'id="groupe-{CAST.groupes.caf}"' not in aida.html
    await aida.post("/demandes/nouvelle", filled(groupes=[CAST.groupes.caf]), status=422)
    assert "En pause pour l’instant\u00a0: CAF 22." in aida.page.texte
    assert await database.fetch("select numero from demandes") == []


async def test_what_is_open_goes_on_and_nobody_new_invites_it(now: datetime) -> None:
    ouverte = await make_demande(now)
    ailleurs = await make_demande(now, groupes=[CAST.groupes.cpam])
    await keep(now, EN_PAUSE)
    await post(CAST.ines, ouverte, now)
    ivan = await signed_as(CAST.ivan, now)
    demande = await load(ivan, ailleurs)
    caf = CAST.groupes.caf
    [shown] = [g for g in await invitations.list_groupes(demande, None, now) if g.id == caf]
    assert (str(shown.reprise_on), shown.pause) == ("2026-11-28", "Service fermé, appelez le 3230.")
    visit = await signed_in(CAST.ivan)
    await visit.get(f"/demandes/{ailleurs}/invitations")
    assert "en pause jusqu’au samedi 28 novembre 2026\u00a0: Service fermé" in visit.page.texte
    assert all(field["value"] != str(caf) for field in visit.page.fields if field["name"] == "groupes")
    with pytest.raises(Invalide):
        await invitations.invite(ivan, demande, InvitationSaisie(cle=uuid4(), groupes=(caf,)), now)
    back = now + timedelta(days=4)
    [shown] = [g for g in await invitations.list_groupes(demande, None, back) if g.id == caf]
    assert shown.reprise_on is None
    await invitations.invite(ivan, demande, InvitationSaisie(cle=uuid4(), groupes=(caf,)), back)


async def test_kinds_of_aidants_that_are_not_accepted_do_not_see_the_groupe(now: datetime) -> None:
    await keep(now, replace(OUVERT, aidants=("hopital",)))
    aida = await signed_in(CAST.aida)
    await aida.post("/demandes/nouvelle", filled(etape="choisir", mode="libre", groupes=[]), status=200)
    assert "CAF 22" not in aida.page.texte
    await aida.post("/demandes/nouvelle", filled(groupes=[CAST.groupes.caf]), status=422)
    await keep(now, replace(OUVERT, aidants=("france_services",)))
    await aida.post("/demandes/nouvelle", filled(etape="choisir", mode="libre", groupes=[]), status=200)
    assert "CAF 22" in aida.page.texte


async def test_every_kind_is_what_is_kept_when_all_are_ticked_so_that_new_kinds_count(now: datetime) -> None:
    every = tuple(structure.code for structure in await list_structures())
    await keep(now, replace(OUVERT, aidants=every))
    caf = await groupe_of(await signed_as(CAST.rose, now), CAST.groupes.caf)
    assert (caf.aidants_acceptes, caf.bal, caf.description) == ((), "caf22@exemple.fr", "RSA, AAH.")


async def test_only_who_manages_the_groupe_changes_them(now: datetime) -> None:
    with pytest.raises(Refus):
        await keep(now, OUVERT, by=CAST.ines)
    for wrong in (
        replace(OUVERT, aidants=()),
        replace(OUVERT, aidants=("zorbe",)),
        replace(EN_PAUSE, message=""),
    ):
        with pytest.raises(Invalide):
            await keep(now, wrong)
