"""A procedure that an instructeur proposes, an administrateur accepts and the next aidant reads before sending."""

from datetime import datetime
from uuid import uuid4

from app import database
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled, id_of_sujet
from tests.domain.scene import post, see_as
from tests.factories import make_demande

TEXTE = "Déposer le formulaire S5112 en ligne."


async def test_from_the_answer_to_the_next_form_without_javascript(now: datetime) -> None:
    numero, sujet = await make_demande(now), await id_of_sujet("rsa_suspendu")
    await database.fetch(
        "update demandes set sujet = :sujet where numero = :numero", sujet=sujet, numero=numero
    )
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    assert "sans voir la demande" in ines.page.texte
    answer = {
        "acte": "message",
        "cle": str(uuid4()),
        "vu": await see_as(CAST.ines, numero),
        "texte": "Voici la procédure.",
        "procedure": "Madame Dubois dépose le formulaire R.",
    }
    messages = f"/demandes/{numero}/messages"
    await ines.submit(messages, answer, status=422)
    assert "Tous les agents pourront lire ce texte" in ines.page.texte and answer["procedure"] in ines.html
    await ines.submit(messages, {**answer, "procedure": TEXTE}, follow=True)

    aida = await signed_in(CAST.aida)
    form = filled(formulaire=None, mode="guide", sujet=sujet, groupes=[], etape="choisir")
    await aida.get("/demandes/nouvelle", follow=True)
    await aida.submit("/demandes/nouvelle", form, status=200)
    assert TEXTE not in aida.html

    ada = await signed_in(CAST.ada)
    await ada.get("/administration")
    assert "1 procédure standard proposée" in ada.page.texte
    await ada.get("/administration/procedures")
    assert TEXTE in ada.html and "Madame Dubois" not in ada.html and f"/demandes/{numero}" not in ada.html
    [way] = [link for link in ada.page.links if link.startswith("/administration/procedures/")]
    await ada.get(way)
    await ada.submit(f"{way}/acceptation", {"sujet": "", "texte": "Appeler Mme Durand."}, status=422)
    assert "Appeler Mme Durand." in ada.html and "Choisissez le sujet" in ada.page.texte
    await ada.submit(
        f"{way}/acceptation", {"sujet": str(sujet), "texte": f"{TEXTE} Puis attendre."}, follow=True
    )
    assert "Montrées à tous les agents" in ada.page.texte

    await aida.get("/demandes/nouvelle", follow=True)
    await aida.submit("/demandes/nouvelle", form, status=200)
    assert "Avant d’envoyer" in aida.page.texte and f"{TEXTE} Puis attendre." in aida.html
    # The same step asked by htmx gives it in its region.
    await aida.get("/demandes/nouvelle", follow=True)
    await aida.submit("/demandes/nouvelle", form, status=200, htmx=True)
    assert f"{TEXTE} Puis attendre." in aida.html

    for who in (CAST.aida, CAST.ines, CAST.rose, CAST.paul, CAST.elie):
        reader = await signed_in(who)
        await reader.get("/procedures?q=FORMULAIRE s5112")
        assert "1 sujet pour" in reader.page.texte and TEXTE in reader.html
    await aida.get("/procedures?q=hippocampe")
    assert "Aucune procédure ne correspond." in aida.page.texte
    await aida.get("/procedures")
    assert aida.page.texte.count("relue par l’équipe") == 1 and "Vos propositions" not in aida.page.texte
    await ines.get("/procedures")
    assert "Vos propositions" in ines.page.texte and "Acceptée" in ines.page.texte


async def test_a_refusal_says_why_and_keeps_what_was_typed(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, is_procedure=True, procedure=TEXTE)
    ada, ines = await signed_in(CAST.ada), await signed_in(CAST.ines)
    await ines.get("/procedures")
    assert "En attente" in ines.page.texte and TEXTE not in ines.page.texte
    await ada.get("/administration/procedures")
    [way] = [link for link in ada.page.links if link.startswith("/administration/procedures/")]
    await ada.get(way)
    await ada.submit(f"{way}/refus", {"motif": "Appeler Mme Durand."}, status=422)
    assert "#champ-motif" in ada.page.links and "Appeler Mme Durand." in ada.html
    await ada.submit(f"{way}/refus", {"motif": "Elle existe déjà."}, follow=True)
    await ines.get("/procedures")
    assert "Pas retenue" in ines.page.texte and "Elle existe déjà." in ines.page.texte
    assert TEXTE not in ines.page.texte


async def test_a_colleague_was_first(now: datetime) -> None:
    await database.fetch(
        "insert into procedures (groupe, texte) values (:groupe, :texte)",
        groupe=CAST.groupes.caf,
        texte=TEXTE,
    )
    ada = await signed_in(CAST.ada)
    await ada.get("/administration/procedures")
    [way] = [link for link in ada.page.links if link.startswith("/administration/procedures/")]
    await ada.get(way)
    await database.fetch("update procedures set texte = 'Corrigé par un collègue.'")
    typed = {"sujet": str(await id_of_sujet("rsa_suspendu")), "texte": "Corrigé par moi."}
    await ada.submit(f"{way}/acceptation", typed, status=409)
    assert "Corrigé par un collègue." in ada.html and "Corrigé par moi." in ada.html
    await ada.submit(f"{way}/acceptation", typed, follow=True)
    await ada.get(way)
    await ada.submit(f"{way}/refus", {}, follow=True)
    assert "La procédure est retirée." in ada.page.texte
    await ada.get(way, status=404)
