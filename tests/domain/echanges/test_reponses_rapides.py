"""Every quick answer is offered, given, and said; a piece that a new one lacks fails here by its name."""

from datetime import datetime
from typing import Any

import pytest

from app.domain.echanges.actes import Depuis
from app.domain.echanges.fil import list_fil
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import MessageSaisi
from app.domain.regles.errors import Conflit, Invalide, Refus
from tests.cast import CAST
from tests.domain.scene import HOUR, answer_quickly, facts_of, list_mails, load, part, signed_as, typed
from tests.factories import list_journal, make_demande, make_invitation


async def taken(numero: int, reponse: ReponseRapide, now: datetime) -> None:
    """What this quick answer needs: the part followed by who gives it."""
    if reponse.fiche.is_for_taker:
        ines = await signed_as(CAST.ines, now)
        await answer_quickly(ines, await load(ines, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now)


def given(reponse: ReponseRapide, **facts: Any) -> MessageSaisi:
    """The form of this quick answer, filled."""
    return typed(collegue=CAST.idir if reponse.fiche.has_collegue else 0, **facts)


@pytest.mark.parametrize("reponse", ReponseRapide)
async def test_a_quick_answer_is_a_line_a_fait_and_a_change_of_the_part(
    reponse: ReponseRapide, now: datetime
) -> None:
    numero = await make_demande(now)
    await taken(numero, reponse, now)
    ines = await signed_as(CAST.ines, now)
    before = await facts_of(numero, CAST.groupes.caf)
    ligne = await answer_quickly(ines, await load(ines, numero), reponse, given(reponse), now)
    [said] = [one for one in await list_fil(ines.droits, await load(ines, numero)) if one.id == ligne]
    fil = reponse.fiche.fait.fiche.fil
    assert fil is not None, f"{reponse.fiche.fait} writes no line in the thread"
    assert (said.nature, said.texte, said.is_prive) == (fil.nature, reponse.fiche.texte, False)
    assert await facts_of(numero, CAST.groupes.caf) != before
    assert await list_journal(reponse.fiche.fait)
    assert "aida@exemple.fr" in {adresse for _, adresse in await list_mails(numero)}


@pytest.mark.parametrize("reponse", ReponseRapide)
async def test_a_quick_answer_is_offered_on_an_open_part(reponse: ReponseRapide, now: datetime) -> None:
    numero = await make_demande(now)
    await taken(numero, reponse, now)
    mine = await part(numero, CAST.groupes.caf, now)
    assert reponse.fiche.bouton_for(mine, CAST.ines) == reponse.fiche.bouton
    for words in (reponse.fiche.bouton, reponse.fiche.texte):
        assert words and "'" not in words and words[0].isupper()


@pytest.mark.parametrize("reponse", ReponseRapide)
async def test_a_word_of_explanation_replaces_the_ready_one(reponse: ReponseRapide, now: datetime) -> None:
    numero = await make_demande(now)
    await taken(numero, reponse, now)
    ines = await signed_as(CAST.ines, now)
    demande = await load(ines, numero)
    with pytest.raises(Invalide) as refused:
        await answer_quickly(ines, demande, reponse, given(reponse, motif="x" * 10_001), now)
    assert set(refused.value.erreurs) == {"motif"}
    ligne = await answer_quickly(ines, demande, reponse, given(reponse, motif=" Voyez la MSA. "), now)
    [said] = [one for one in await list_fil(ines.droits, demande) if one.id == ligne]
    assert said.texte == "Voyez la MSA."


@pytest.mark.parametrize("reponse", [one for one in ReponseRapide if one.fiche.needs_part])
async def test_who_is_invited_by_name_does_not_answer_for_a_groupe(
    reponse: ReponseRapide, now: datetime
) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.ivan, "instructeur", now)
    ivan = await signed_as(CAST.ivan, now)
    with pytest.raises(Refus):
        await answer_quickly(ivan, await load(ivan, numero), reponse, given(reponse), now)


async def test_taking_over_says_from_whom_and_one_can_give_back(now: datetime) -> None:
    numero = await make_demande(now)
    await taken(numero, ReponseRapide.RENDUE, now)
    taking, giving = ReponseRapide.PRISE_EN_CHARGE.fiche, ReponseRapide.RENDUE.fiche
    mine = await part(numero, CAST.groupes.caf, now)
    assert taking.bouton_for(mine, CAST.idir) == "Suivie par Inès Le Goff\u00a0: reprendre\u00a0?"
    assert (taking.bouton_for(mine, CAST.ines), giving.bouton_for(mine, CAST.idir)) == ("", "")
    ines, idir = await signed_as(CAST.ines, now), await signed_as(CAST.idir, now)
    before = await facts_of(numero, CAST.groupes.caf)
    with pytest.raises(Conflit, match="Vous ne suivez pas"):
        await answer_quickly(idir, await load(idir, numero), ReponseRapide.RENDUE, typed(), now)
    await answer_quickly(ines, await load(ines, numero), ReponseRapide.RENDUE, typed(), now + HOUR)
    # Nothing but who follows it has changed: the delay goes on.
    kept = {**before, "taken_by": None, "taken_at": None}
    assert await facts_of(numero, CAST.groupes.caf) == kept
    assert taking.bouton_for(await part(numero, CAST.groupes.caf, now), CAST.idir) == taking.bouton


async def test_handing_over_changes_who_follows_and_no_delay(now: datetime) -> None:
    numero = await make_demande(now)
    await taken(numero, ReponseRapide.CONFIEE, now)
    before = await facts_of(numero, CAST.groupes.caf)
    ines = await signed_as(CAST.ines, now)
    demande, saisi = await load(ines, numero), typed(collegue=CAST.idir)
    ligne = await answer_quickly(ines, demande, ReponseRapide.CONFIEE, saisi, now + HOUR)
    assert await answer_quickly(ines, demande, ReponseRapide.CONFIEE, saisi, now + HOUR) == ligne
    after = await facts_of(numero, CAST.groupes.caf)
    assert {name for name in before if before[name] != after[name]} == {"taken_by", "taken_at"}
    assert after["taken_by"] == CAST.idir
    said = (await list_fil(ines.droits, await load(ines, numero)))[-1]
    assert (said.id, said.agents_invites) == (ligne, ("Idir Hamel",))
    assert "idir@exemple.fr" in {adresse for _, adresse in await list_mails(numero)}


@pytest.mark.parametrize("who", ["ines", "ivan", "aida", "personne"])
async def test_one_hands_over_to_an_instructeur_of_the_same_groupe(now: datetime, who: str) -> None:
    numero = await make_demande(now)
    await taken(numero, ReponseRapide.CONFIEE, now)
    before = await facts_of(numero, CAST.groupes.caf)
    ines = await signed_as(CAST.ines, now)
    saisi = typed(collegue=getattr(CAST, who, 0))
    with pytest.raises(Invalide if who in {"ines", "personne"} else Conflit):
        await answer_quickly(ines, await load(ines, numero), ReponseRapide.CONFIEE, saisi, now)
    assert await facts_of(numero, CAST.groupes.caf) == before


async def test_a_colleague_who_took_over_first_keeps_it(now: datetime) -> None:
    numero = await make_demande(now)
    await taken(numero, ReponseRapide.CONFIEE, now)
    ines, idir = await signed_as(CAST.ines, now), await signed_as(CAST.idir, now)
    page = await load(ines, numero)
    await answer_quickly(idir, await load(idir, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    with pytest.raises(Conflit) as said:
        await answer_quickly(
            ines, page, ReponseRapide.CONFIEE, typed(collegue=CAST.idir, motif="À toi."), now
        )
    assert isinstance(said.value, Depuis)
    assert "Idir Hamel" in said.value.changements[0].maintenant
