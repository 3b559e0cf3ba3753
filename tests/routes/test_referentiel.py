"""`/administration/referentiel`: a change is previewed, corrected, published, taken back, without any script."""

import json
from datetime import datetime
from typing import Any

from app import database
from app.domain.administration.referentiel import ReferentielPropose, publish_referentiel, read_referentiel
from app.domain.territoire.contenu import Sorte
from app.routes.administration.versions import FICHIER_MAX, LOURD
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled, id_of_sujet
from tests.domain.scene import signed_as

URL = "/administration/referentiel"
SUJET = f"{URL}/sujets/rsa_suspendu"
PUBLIER = f"{URL}/publication"
TYPED = {
    "nom": "RSA arrêté",
    "theme": "social_famille",
    "organismes": ["caf", "msa"],
    "documents": "Notification\n\nTrois derniers relevés ",
    "essayez": "Appeler le 3230.",
    "mots": "RSA\nallocation arrêtée",
    "depuis": "le mois de l’arrêt",
    "essais": ["appel", "guichet"],
    "attendu": "la reprise du versement",
    "etat": "propose",
}


async def publish(ada: Browser, raison: str = "Plus clair.") -> None:
    await ada.submit(PUBLIER, {"raison": raison}, follow=True)


async def export(ada: Browser) -> dict[str, Any]:
    """What the file of the first version says; Ada stands on the page of the versions."""
    await ada.get(f"{URL}/versions")
    return dict(json.loads((await ada.client.get(f"{URL}/versions/0/referentiel.json")).text))


async def bring(ada: Browser, content: bytes, status: int = 200) -> None:
    """Have this file previewed."""
    files = {"fichier": ("referentiel.json", content)}
    await ada.submit(f"{URL}/versions/import", {}, files=files, status=status)


async def test_a_sujet_is_seen_before_and_after_then_every_form_reads_it(now: datetime) -> None:
    ada, aida = await signed_in(CAST.ada), await signed_in(CAST.aida)
    await ada.get(URL)
    assert SUJET in ada.page.links
    await ada.get(SUJET)
    await ada.submit(SUJET, TYPED, status=200)
    assert "Rien n’est encore publié" in ada.page.texte and "RSA suspendu, radié ou refusé" in ada.page.texte
    assert "Concerne aucune demande ouverte" in ada.page.texte
    assert "appel téléphonique, passage au guichet ou rendez-vous" in ada.page.texte
    await ada.submit(PUBLIER, {"raison": ""}, status=422)
    assert "Dites pourquoi" in ada.page.texte and "RSA arrêté" in ada.page.texte
    await publish(ada)
    assert "La nouvelle version est publiée" in ada.page.texte and "RSA arrêté" in ada.page.texte

    sujet = await id_of_sujet("rsa_suspendu")
    form = filled(formulaire=None, mode="guide", sujet=sujet, groupes=[], etape="choisir")
    await aida.get("/demandes/nouvelle", follow=True)
    await aida.submit("/demandes/nouvelle", form, status=200)
    assert "RSA arrêté" in aida.page.texte and "Appeler le 3230." in aida.page.texte
    assert "Trois derniers relevés" in aida.page.texte
    assert "le mois de l’arrêt" in aida.page.texte and "courrier recommandé" not in aida.page.texte


async def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(SUJET)
    await ada.submit(SUJET, {**TYPED, "nom": "", "theme": ""}, status=422)
    assert "Écrivez ce texte." in ada.page.texte and "Choisissez-en un." in ada.page.texte
    assert "Appeler le 3230." in ada.html
    await ada.get(f"{URL}/jours/22")
    await ada.submit(f"{URL}/jours/22", {"feries": "24/12/2026\n25/12/2026", "ouvres": "demain"}, status=422)
    assert (
        "Le 25/12/2026 est déjà férié" in ada.page.texte
        and "Ce n’est pas un jour\u00a0: demain." in ada.page.texte
    )
    assert "24/12/2026" in ada.html


async def test_a_word_that_would_suggest_it_to_everybody_is_refused_and_the_text_stays(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(SUJET)
    await ada.submit(SUJET, {**TYPED, "mots": "RSA\nde", "depuis": "x" * 201}, status=422)
    assert "«\u00a0de\u00a0» ne désigne aucun sujet" in ada.page.texte
    assert "200 caractères au plus" in ada.page.texte
    assert "RSA\nde" in ada.html and "la reprise du versement" in ada.html


async def test_a_sujet_added_on_the_pages_is_suggested_to_who_writes_its_words(now: datetime) -> None:
    ada, aida = await signed_in(CAST.ada), await signed_in(CAST.aida)
    await ada.get(f"{URL}/sujets/nouveau")
    typed = {
        "nom": "Facture d’eau",
        "theme": "logement",
        "mots": "compteur d’eau\nfuite d’eau",
        "depuis": "la fuite",
    }
    await ada.submit(f"{URL}/sujets/nouveau", typed, status=200)
    await publish(ada)
    texte = "Une FUITE D'EAU chez cette famille."
    await aida.get("/demandes/nouvelle", follow=True)
    await aida.submit("/demandes/nouvelle", {"etape": "actualiser", "description": texte}, status=200)
    assert (
        "Facture d’eau" in aida.page.texte and "parce que vous écrivez\u00a0: fuite d’eau." in aida.page.texte
    )
    sujet = await id_of_sujet("facture_d_eau")
    await aida.submit("/demandes/nouvelle", {"etape": f"suivre-{sujet}"}, status=200)
    assert "la fuite" in aida.page.texte and "ce que l’administration peut faire" in aida.page.texte


async def test_from_the_preview_one_goes_back_to_what_was_typed(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/sujets/nouveau")
    await ada.submit(f"{URL}/sujets/nouveau", {**TYPED, "nom": "Facture d’eau"}, status=200)
    assert "ajouté" in ada.page.texte
    [form] = [form for form in ada.page.forms if form["action"] == PUBLIER]
    await ada.post(f"{URL}/sujets/facture_d_eau", {**form["values"], "acte": "corriger"}, status=200)
    assert "Nouveau sujet" in ada.page.texte and "Facture d’eau" in ada.html
    await ada.submit(f"{URL}/sujets/facture_d_eau", {"nom": "Facture d’eau impayée"}, status=200)
    await publish(ada)
    assert f"{URL}/sujets/facture_d_eau_impayee" in ada.page.links


async def test_a_proposition_of_another_kind_corrects_nothing() -> None:
    ada = await signed_in(CAST.ada)
    jours = {"sorte": "jours", "code": "22", "element": {"code": "22", "feries": [], "ouvres": []}}
    forged = {"acte": "corriger", "proposition": json.dumps(jours)}
    await ada.post(f"{URL}/themes/logement", forged, status=200)
    assert "Thème\u00a0: Logement" in ada.page.texte


async def test_what_was_not_touched_does_not_change(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    for path in (SUJET, f"{URL}/organismes/caf", f"{URL}/themes/logement", f"{URL}/jours/22"):
        await ada.get(path)
        await ada.submit(path, {}, status=200)
        assert "Rien ne change." in ada.page.texte, path


async def test_a_retired_sujet_is_offered_no_more(now: datetime) -> None:
    ada, aida = await signed_in(CAST.ada), await signed_in(CAST.aida)
    await ada.get(SUJET)
    await ada.submit(SUJET, {"etat": "retire"}, status=200)
    await publish(ada)
    assert "retiré" in ada.page.texte
    sujet = await id_of_sujet("rsa_suspendu")
    form = filled(formulaire=None, mode="guide", sujet=sujet, groupes=[], etape="choisir")
    await aida.get("/demandes/nouvelle", follow=True)
    await aida.submit("/demandes/nouvelle", form, status=200)
    assert "RSA suspendu, radié" not in aida.html
    await aida.get("/procedures")
    assert "RSA suspendu, radié" not in aida.html


async def test_a_retired_organisme_makes_no_new_groupe(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/organismes/caf")
    await ada.submit(f"{URL}/organismes/caf", {"etat": "supprime"}, status=200)
    assert "Cela ne peut pas être publié" in ada.page.texte and "Retirez-le plutôt" in ada.page.texte
    assert not [form for form in ada.page.forms if "raison" in form["values"]]
    await ada.get(f"{URL}/organismes/caf")
    await ada.submit(f"{URL}/organismes/caf", {"etat": "retire"}, status=200)
    await publish(ada)
    form = {"nom": "CAF 23", "organisme": str(CAST.organismes["caf"]), "departements": "23"}
    await ada.get("/administration/groupes/nouveau")
    await ada.submit("/administration/groupes", form, status=422)
    assert "Choisissez son organisme." in ada.page.texte


async def test_a_colleague_was_first(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(SUJET)
    await ada.submit(SUJET, TYPED, status=200)
    signed = await signed_as(CAST.ada, now)
    other = ReferentielPropose(Sorte.SUJETS, "trop_percu")
    await publish_referentiel(signed, other, vu=0, raison="Doublon.", now=now)
    await ada.submit(PUBLIER, {"raison": "Plus clair."}, status=409)
    assert "Un collègue a publié" in ada.page.texte and "RSA arrêté" in ada.page.texte
    assert "Plus clair." in ada.html
    await ada.submit(PUBLIER, {}, follow=True)
    here = await read_referentiel(signed)
    assert here.find(Sorte.SUJETS, "trop_percu") is None
    assert here.find(Sorte.SUJETS, "rsa_suspendu").nom == "RSA arrêté"


async def test_the_history_says_who_and_why_and_leads_back(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/versions/0")
    assert "C’est la première version." in ada.page.texte
    await ada.get(SUJET)
    await ada.submit(SUJET, TYPED, status=200)
    await publish(ada)
    await ada.get(f"{URL}/versions")
    assert "Ada Moreau" in ada.page.texte and "Plus clair." in ada.page.texte
    await ada.get(f"{URL}/versions/1")
    assert "RSA arrêté" in ada.page.texte
    await ada.get(f"{URL}/versions/0/retour")
    assert "RSA suspendu, radié ou refusé" in ada.page.texte
    await ada.submit(PUBLIER, {}, follow=True)
    await ada.get(SUJET)
    assert "RSA suspendu, radié ou refusé" in ada.html
    for lost in ("9", "x", "-1"):
        await ada.get(f"{URL}/versions/{lost}", status=404)


async def test_everything_leaves_as_a_file_and_comes_back_through_the_same_preview(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    rows = await export(ada)
    rows["themes"][0]["nom"] = "Famille et social"
    rows["jours"] = [{"code": "22", "feries": ["2026-12-24"], "ouvres": []}]
    await bring(ada, json.dumps(rows).encode())
    assert "Famille et social" in ada.page.texte and "24/12/2026" in ada.page.texte
    await publish(ada)
    assert "Famille et social" in ada.page.texte and "Côtes-d’Armor (22)" in ada.page.texte
    for broken in (b"", b"\xff\xfe{}", b"x" * (FICHIER_MAX + 1)):
        await ada.get(f"{URL}/versions")
        await bring(ada, broken, status=422)
    assert LOURD in ada.page.texte
    await ada.get(f"{URL}/sujets/inconnu", status=404)
    await ada.get(f"{URL}/autres/rsa_suspendu", status=404)
    await ada.get(f"{URL}/jours/999", status=404)


async def test_conditions_leave_with_the_file_and_an_import_opens_them_without_publishing(
    now: datetime,
) -> None:
    ada = await signed_in(CAST.ada)
    rows = await export(ada)
    assert "conditions" not in rows  # those the project ships come with it
    neuves = {
        "applies_on": "2026-12-01",
        "changements": "Le support répond.",
        "texte": "## Titre\n\nUn texte.",
    }
    rows["conditions"] = [{**neuves, "applies_on": "2026-11-01", "texte": "Ancien."}, neuves]
    await bring(ada, json.dumps(rows).encode())
    assert "Rien ne change." in ada.page.texte and "du 1er décembre 2026" in ada.page.texte
    assert "Le support répond." in ada.page.texte and "Ancien." not in ada.page.texte
    assert await database.fetch("select from conditions") == []

    page = "/administration/conditions"
    await ada.submit(page, {"acte": "ouvrir"}, status=200)
    assert await database.fetch("select from conditions") == []
    await ada.submit(page, {}, status=200)
    await ada.submit(page, {"acte": "publier"})
    [kept] = await database.fetch("select version, texte, changements from conditions")
    assert (kept["version"], kept["changements"]) == ("2026-12-01", "Le support répond.")

    # Imported again, the same file has nothing to say; exported, they are in it.
    for sent in (json.dumps(rows), (await ada.client.get(f"{URL}/versions/0/referentiel.json")).text):
        await ada.get(f"{URL}/versions")
        await bring(ada, sent.encode())
        assert "Rien ne change." in ada.page.texte and "Le support répond." not in ada.page.texte
    assert json.loads(sent)["conditions"] == [{**neuves, "texte": kept["texte"]}]


async def test_conditions_of_a_day_gone_by_are_opened_without_a_day_and_stay_beside_a_change(
    now: datetime,
) -> None:
    ada = await signed_in(CAST.ada)
    rows = await export(ada)
    rows["themes"][0]["nom"] = "Famille et social"
    rows["conditions"] = [{"applies_on": "2026-11-01", "changements": "Tout.", "texte": "Neuf."}]
    await bring(ada, json.dumps(rows).encode())
    await ada.submit(PUBLIER, {"raison": ""}, status=422)
    assert "Neuf." in ada.page.texte
    [form] = [form for form in ada.page.forms if form["action"] == "/administration/conditions"]
    assert form["values"]["applies_on"] == [""]
    await publish(ada)
    assert "Famille et social" in ada.page.texte and await database.fetch("select from conditions") == []
