"""A procédure standard is written apart from the answer, names nobody, and is kept without its demande."""

from datetime import datetime

import pytest

from app import database
from app.domain.administration.procedures import (
    accept_procedure,
    get_procedure,
    list_all_procedures,
    list_sujets,
    refuse_procedure,
)
from app.domain.echanges.procedures import list_procedures, list_propositions
from app.domain.faits.courriels import claim_courriels
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.poste import write_courriel
from app.settings import get_settings
from tests.cast import CAST
from tests.domain.scene import load, post, post_message, signed_as, typed
from tests.factories import list_journal, list_told, make_demande

TEXTE = "Déposer le formulaire R en ligne, puis attendre l’accusé de réception."


async def test_what_is_flagged_alone_proposes_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "Madame Dubois peut déposer le formulaire R.", is_procedure=True)
    assert await list_all_procedures(await signed_as(CAST.ada, now)) == []


async def test_it_reaches_administrateurs_in_its_own_words_without_the_demande(now: datetime) -> None:
    numero = await make_demande(now)
    for _ in range(2):  # the same text again waits once
        await post(CAST.ines, numero, now, is_procedure=True, procedure=TEXTE)
    [proposee] = await list_all_procedures(await signed_as(CAST.ada, now))
    assert (proposee.texte, proposee.sigle, proposee.sujet, proposee.acceptee_at) == (
        TEXTE,
        "CAF",
        None,
        None,
    )
    [line] = await list_journal("procedure_proposee")
    assert line["demande"] is None and line["details"] == {"procedure": proposee.id}


@pytest.mark.parametrize(
    ("texte", "said"),
    [
        ("Madame Dubois dépose le formulaire.", "Dubois"),
        ("Comme pour M. Durand, déposer le formulaire.", "M. Durand"),
        ("Le dossier 1 68 07 22 113 456 70 est à renvoyer.", "1 68 07 22 113 456 70"),
        ("Appeler le 06 12 34 56 78.", "06 12 34 56 78"),
        ("x" * 2_001, "2\u00a0000 caractères au plus"),
    ],
)
async def test_what_gives_somebody_away_is_refused(texte: str, said: str, now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    with pytest.raises(Invalide) as refused:
        saisi = typed("Voici.", is_procedure=True, procedure=texte)
        await post_message(ines, await load(ines, numero), saisi, now)
    assert set(refused.value.erreurs) == {"procedure"} and said in refused.value.erreurs["procedure"]
    assert not await database.fetch("select from procedures")


async def test_accepted_it_is_read_under_its_sujet_and_edited_the_same_way(now: datetime) -> None:
    await post(CAST.ines, await make_demande(now), now, is_procedure=True, procedure=TEXTE)
    ada = await signed_as(CAST.ada, now)
    [proposee] = await list_all_procedures(ada)
    assert not await list_procedures("accuse de reception")
    with pytest.raises(Invalide) as refused:
        await accept_procedure(ada, proposee.id, sujet=None, texte="", vu=proposee.vu, now=now)
    assert set(refused.value.erreurs) == {"sujet", "texte"}
    [(sujet, nom), *_] = (await list_sujets())[0][1]
    # The team knows no usager: the telephone of a service may stand there.
    texte = f"{TEXTE} En cas de doute, 02 96 01 02 03."
    await accept_procedure(ada, proposee.id, sujet=sujet, texte=texte, vu=proposee.vu, now=now)
    [found] = await list_procedures("CAF accuse de reception")
    assert (found.nom, [p.texte for p in found.acceptees]) == (nom, [texte])
    [mine] = await list_propositions(CAST.ines)
    assert (mine.is_acceptee, mine.decidee_at, mine.sujet) == (True, now, nom)
    assert await list_told("procedure_acceptee") == {"ines@exemple.fr"}
    with pytest.raises(Conflit):
        await accept_procedure(ada, proposee.id, sujet=sujet, texte="Autre.", vu=proposee.vu, now=now)
    with pytest.raises(Conflit):
        await refuse_procedure(ada, proposee.id, vu=proposee.vu, now=now)
    await refuse_procedure(ada, proposee.id, vu=(await get_procedure(ada, proposee.id)).vu, now=now)
    assert not await list_procedures("accuse de reception")
    with pytest.raises(Introuvable):
        await get_procedure(ada, proposee.id)


async def test_refused_it_goes_and_who_proposed_it_reads_why_once(now: datetime) -> None:
    await post(CAST.ines, await make_demande(now), now, is_procedure=True, procedure=TEXTE)
    ada = await signed_as(CAST.ada, now)
    [proposee] = await list_all_procedures(ada)
    [waiting] = await list_propositions(CAST.ines)
    assert (waiting.texte, waiting.decidee_at) == (TEXTE, None) and await list_propositions(CAST.idir) == []
    for motif in ("", "a" * 301, "Écrivez à martine.dubois@exemple.fr, ou au 1 85 05 78 006 084 91."):
        with pytest.raises(Invalide) as refused:
            await refuse_procedure(ada, proposee.id, vu=proposee.vu, motif=motif, now=now)
        assert set(refused.value.erreurs) == {"motif"}
    assert await list_told("procedure_refusee") == set()
    await refuse_procedure(ada, proposee.id, vu=proposee.vu, motif="Elle existe déjà.", now=now)
    assert await list_told("procedure_refusee") == {"ines@exemple.fr"}
    [envoi] = [e for e in await claim_courriels(now, 50) if e.fait == "procedure_refusee"]
    corps = write_courriel(envoi, get_settings()).get_body(("plain",))
    assert corps is not None and "Elle existe déjà." in corps.get_content()
    assert TEXTE not in corps.get_content()
    [told] = await list_propositions(CAST.ines)
    assert (told.texte, told.is_acceptee, told.motif) == ("", False, "Elle existe déjà.")


async def test_once_accepted_it_is_changed_and_withdrawn_without_a_word(now: datetime) -> None:
    await post(CAST.ines, await make_demande(now), now, is_procedure=True, procedure=TEXTE)
    ada = await signed_as(CAST.ada, now)
    [(sujet, _), *_] = (await list_sujets())[0][1]
    for texte in (TEXTE, f"{TEXTE} Puis attendre."):
        [one] = await list_all_procedures(ada)
        await accept_procedure(ada, one.id, sujet=sujet, texte=texte, vu=one.vu, now=now)
    [one] = await list_all_procedures(ada)
    await refuse_procedure(ada, one.id, vu=one.vu, now=now)
    told = await database.fetch("select fait from courriels where fait like 'procedure%'")
    assert [row["fait"] for row in told] == ["procedure_acceptee"]


@pytest.mark.parametrize("who", ["aida", "ines", "rose", "elie", "paul"])
async def test_only_administrateurs_judge_them(who: str, now: datetime) -> None:
    await post(CAST.ines, await make_demande(now), now, is_procedure=True, procedure=TEXTE)
    [proposee] = await list_all_procedures(await signed_as(CAST.ada, now))
    other = await signed_as(getattr(CAST, who), now)
    with pytest.raises(Refus):
        await list_all_procedures(other)
    with pytest.raises(Introuvable):
        await accept_procedure(other, proposee.id, sujet=1, texte=TEXTE, vu=proposee.vu, now=now)
    with pytest.raises(Introuvable):
        await refuse_procedure(other, proposee.id, vu=proposee.vu, now=now)
