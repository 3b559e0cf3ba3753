"""The form of a new demande, at the screen: bare and with htmx, everything typed kept, nothing sent twice."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import database
from app.domain.faits.courriels import claim_courriels
from app.poste import write_courriel
from app.settings import get_settings
from tests.browser import Browser, Page, signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.formulaire_rempli import filled, id_of_sujet
from tests.factories import list_told, make_demande

URL = "/demandes/nouvelle"


def values(browser: Browser) -> dict[str, list[str]]:
    """What the form on screen holds."""
    form: dict[str, list[str]] = next(
        f for f in Page(browser.html).forms if f["action"].startswith(f"{URL}?")
    )["values"]
    return form


def told(browser: Browser) -> str:
    """The summary of errors."""
    found = re.search(r'id="erreurs".*?</ul>', browser.html, re.S)
    return Page(found[0]).texte if found else ""


async def test_the_page_opens_on_my_structure_and_my_departement() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    assert len(browser.queries) == 3  # who asks and what waits for them, what the form stands on, the groupes
    assert values(browser)["structure"] == [str(CAST.groupes.france_services)]
    assert values(browser)["departement"] == [str(CAST.departements["22"])]
    assert "974 · La Réunion" in browser.html
    assert UUID(values(browser)["formulaire"][0])
    for words in (
        "Vous allez prévenir",
        "Il manque",
        "un titre sans nom",
        "Aline Prigent",
        "Envoyer ma demande",
    ):
        assert words in browser.page.texte
    assert "Aïda Kerjean" not in browser.page.texte.split("Vos collègues")[1]


async def test_the_journey_without_javascript() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    await browser.submit(URL, {"etape": "libre", "prenom": "Martine"}, status=200)
    assert values(browser)["prenom"] == ["Martine"]
    assert "CAF 22" in browser.page.texte
    choice = {"etape": "choisir", "groupes": [str(CAST.groupes.caf), str(CAST.groupes.cpam)]}
    await browser.submit(URL, choice, status=200)
    assert "1 personne" in browser.page.texte
    assert "2 personnes de CAF 22" in browser.page.texte
    await browser.submit(URL, {"etape": "ajouter", "nouvelle_nature": "telephone"}, status=200)
    assert values(browser)["autre_nature"] == ["telephone"]
    typed = {
        "nom": "Dubois",
        "naissance": "1968",
        "identifiant_allocataire_caf": "1234567",
        "absent_nir": "1",
        "autre_valeur": "06 12 34 56 78",
        "titre": "AAH interrompue depuis juillet",
        "description": "Plus de versement.\nDeux relances.",
        "collegues": str(CAST.aline),
        "mandat_le": "2026-11-20",
        "attestation": "1",
    }
    await browser.submit(URL, {**typed, "etape": "actualiser"}, status=200)
    assert "Tout est prêt" in browser.page.texte
    assert "attendue avant vendredi 27 novembre" in browser.page.texte.replace("\u00a0", " ")
    response = await browser.submit(URL)
    assert len(browser.queries) <= 12
    [row] = await database.fetch(
        "select numero, description from demandes where auteur = :auteur", auteur=CAST.aida
    )
    assert response.headers["location"] == f"/demandes/{row['numero']}"
    assert row["description"] == "Plus de versement.\nDeux relances."
    assert await list_told("demande_envoyee") == {
        *("ines@exemple.fr", "idir@exemple.fr", "ivan@exemple.fr", "aline@exemple.fr")
    }


async def test_the_journey_with_htmx() -> None:
    browser = await signed_in(CAST.aida)
    step = await browser.post(URL, {**filled(), "etape": "choisir"}, status=200, htmx=True)
    assert len(browser.queries) <= 6
    for region in ("organismes", "groupes", "identifiants", "doublon", "avis", "garde", "conseil"):
        assert f'id="nouvelle_demande-{region}"' in step.text
    for region in ("formulaire", "collegues", "recapitulatif", "aside"):
        assert f'id="nouvelle_demande-{region}"' in step.text
    assert "<html" not in step.text
    wrong = await browser.post(URL, filled(titre=""), status=422, htmx=True)
    assert 'href="#champ-titre"' in wrong.text
    sent = await browser.post(URL, filled(), status=200, htmx=True)
    [row] = await database.fetch("select numero from demandes where auteur = :auteur", auteur=CAST.aida)
    assert sent.headers["hx-redirect"] == f"/demandes/{row['numero']}"


async def test_every_region_asked_for_exists() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    asked = set(re.findall(r"#(nouvelle_demande-\w+)", browser.html))
    assert asked
    assert asked <= set(Page(browser.html).ids)
    await browser.submit(URL, {"etape": "libre"}, status=200)
    asked = set(re.findall(r"from:#([\w-]+)", browser.html)) - {"nouvelle_demande-sujets"}
    assert {"champ-filtre", "champ-theme"} <= asked
    assert asked <= set(Page(browser.html).ids)


async def test_the_enter_key_never_sends() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    form = browser.html[browser.html.index(f'action="{URL}?') :]
    first = re.search(r"<button[^>]*>", form)
    assert first
    assert 'name="etape" value="actualiser"' in first[0]


async def test_errors_are_linked_and_everything_typed_is_kept() -> None:
    browser = await signed_in(CAST.aida)
    typed = filled(
        titre="AAH de Mme Dubois",
        mandat_le="",
        urgence="urgente",
        autre_nature=["adresse", "autre"],
        autre_libelle=["", ""],
        autre_valeur=["3 rue du Port", "secret"],
        collegues=[CAST.aline],
        identifiant_allocataire_caf="12",
    )
    await browser.post(URL, typed, status=422)
    assert len(browser.queries) <= 12
    assert Page(browser.html).title.startswith("Erreur : ".replace(" :", "\u00a0:"))
    links = [link for link in browser.page.links if link.startswith("#champ-")]
    assert links[:4] == ["#champ-autre_libelle-2", "#champ-titre", "#champ-motif", "#champ-mandat_le"]
    assert {link[1:] for link in links} <= set(browser.page.ids)
    kept = values(browser)
    assert {nom: kept[nom] for nom in ("titre", "prenom", "nom", "naissance", "urgence")} == {
        "titre": ["AAH de Mme Dubois"],
        "prenom": ["Martine"],
        "nom": ["Dubois"],
        "naissance": ["1968"],
        "urgence": ["urgente"],
    }
    assert kept["autre_valeur"] == ["3 rue du Port", "secret"]
    assert kept["groupes"] == [str(CAST.groupes.caf)]
    assert kept["collegues"] == [str(CAST.aline)]
    assert kept["attestation"] == ["1"]
    assert kept["formulaire"] == [typed["formulaire"]]
    assert "Un numéro d’allocataire CAF compte 7 chiffres" in browser.page.texte
    assert "Dubois" in told(browser)


async def test_one_click_takes_the_personal_data_out_of_the_title() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post(
        URL, {**filled(titre="AAH de Mme Dubois, 06 12 34 56 78"), "etape": "actualiser"}, status=200
    )
    assert 'value="deplacer"' in browser.html
    await browser.submit(URL, {"etape": "deplacer"}, status=200)
    assert values(browser)["titre"] == ["AAH"]
    assert values(browser)["identifiant_telephone"] == ["06 12 34 56 78"]
    assert 'value="deplacer"' not in browser.html


async def test_a_title_that_may_name_somebody_brings_a_question_and_still_leaves() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post(URL, {**filled(titre="AAH de M. Kermarec"), "etape": "actualiser"}, status=200)
    assert "M. Kermarec\u00a0» est-il le nom" in browser.page.texte
    assert "Tout est prêt" in browser.page.texte


async def test_one_click_puts_what_the_description_tells_in_its_fields() -> None:
    browser = await signed_in(CAST.aida)
    words = "Mme Dubois attend depuis mars.\nTéléphone : 06 12 34 56 78."
    await browser.post(URL, {**filled(description=words), "etape": "actualiser"}, status=200)
    assert 'value="ranger"' in browser.html
    await browser.submit(URL, {"etape": "ranger"}, status=200)
    assert values(browser)["identifiant_telephone"] == ["06 12 34 56 78"]
    assert "06 12" not in values(browser)["description"][0]
    assert "Dubois attend depuis mars" in values(browser)["description"][0], "its sentences keep their words"
    assert 'value="ranger"' not in browser.html


async def test_the_description_only_brings_a_gentle_note() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post(
        URL, {**filled(description="Joindre au 06 12 34 56 78"), "etape": "actualiser"}, status=200
    )
    assert "C’est permis" in browser.page.texte
    assert "Tout est prêt" in browser.page.texte


async def test_the_guided_mode_ticks_and_explains() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    sujet = await id_of_sujet("naissance_deces")
    await browser.submit(URL, {"etape": "choisir", "sujet": str(sujet)}, status=200)
    assert len(browser.queries) <= 9
    assert set(values(browser)["groupes"]) == {str(CAST.groupes.caf), str(CAST.groupes.cpam)}
    for words in ("Avez-vous essayé", "Les documents utiles", "Livret de famille", "pour\u00a0: MSA."):
        assert words in browser.page.texte
    assert {"identifiant_nir", "absent_nir", "identifiant_allocataire_caf"} <= {
        f["name"] for f in browser.page.fields
    }
    # The other way of choosing keeps the sujet and the ticks.
    await browser.submit(URL, {"etape": "libre"}, status=200)
    assert values(browser)["sujet"] == [str(sujet)]
    assert "France Travail 22" in browser.page.texte
    await browser.submit(URL, {"etape": "guide"}, status=200)
    assert values(browser)["sujet"] == [str(sujet)]
    assert set(values(browser)["groupes"]) == {str(CAST.groupes.caf), str(CAST.groupes.cpam)}


async def test_changing_structure_or_departement_loses_nothing() -> None:
    row = await database.fetch_one(
        "insert into adhesions (agent, groupe, is_aidant, created_at) values (:aida, :ccas, true, :now) returning id",
        aida=CAST.aida,
        ccas=CAST.groupes.ccas_974,
        now=NOW,
    )
    assert row
    browser = await signed_in(CAST.aida)
    typed = filled(
        structure=CAST.groupes.ccas_974,
        departement=CAST.departements["974"],
        collegues=[CAST.aline],
        autre_nature="adresse",
        autre_libelle="",
        autre_valeur="3 rue du Port",
        identifiant_allocataire_caf="7654321",
        urgence="urgente",
        motif="coupure",
    )
    await browser.post(URL, {**typed, "etape": "choisir"}, status=200)
    assert "Ève Payet" in browser.page.texte
    kept = values(browser)
    for nom in ("titre", "description", "prenom", "mandat_le", "motif", "autre_valeur", "attestation"):
        assert [valeur.strip() for valeur in kept[nom]] == [str(typed[nom])]
    assert kept["identifiant_allocataire_caf"] == ["7654321"]
    assert kept["collegues"] == [str(CAST.aline)]
    # Nobody of the CAF is active there: its tick goes, and the page says so.
    assert "groupes" not in kept
    assert "CAF 22\u00a0: décoché" in browser.page.texte


async def test_a_nir_no_organisme_may_receive_is_kept_apart() -> None:
    await database.fetch("update organismes set is_nir_autorise = false where code = 'caf'")
    browser = await signed_in(CAST.aida)
    await browser.post(URL, {**filled(identifiant_nir="185057800608491"), "etape": "choisir"}, status=200)
    assert "ne sera pas transmis" in browser.page.texte
    assert values(browser)["identifiant_nir"] == ["185057800608491"]
    assert "champ-identifiant_nir" not in browser.html


async def test_a_proche_demande_is_shown_before_it_may_be_sent() -> None:
    aida = await signed_in(CAST.aida)
    await aida.post(URL, filled())
    browser = await signed_in(CAST.aline)
    fields = filled()
    await browser.post(URL, fields, status=422)
    assert "Aïda Kerjean suit la demande" in browser.page.texte
    assert "aida@exemple.fr" in browser.page.texte
    assert "AAH interrompue" not in browser.page.texte.split("demande proche")[1].split("3. La demande")[0]
    await browser.submit(URL)
    assert len(browser.queries) <= 12
    # Nothing across groupes: Ève, elsewhere, is told nothing.
    eve = await signed_in(CAST.eve)
    elsewhere = filled(structure=CAST.groupes.ccas_974)
    await eve.post(URL, {**elsewhere, "etape": "actualiser"}, status=200)
    assert "demande proche" not in eve.page.texte


async def test_a_shared_account_signs_once_a_session() -> None:
    browser = await signed_in(CAST.claude)
    await browser.get(URL, follow=True)
    assert "Qui signe" in browser.page.texte
    await browser.post(URL, filled(), status=422)
    assert "#champ-signature" in browser.page.links
    assert re.search(r'name="signature"[^>]*autocomplete="name"', browser.html), "RGAA 11.13"
    await browser.post(URL, filled(signature="Marie Le Bihan, accueil"))
    assert len(browser.queries) <= 12
    await browser.get(URL, follow=True)
    assert values(browser)["signature"] == ["Marie Le Bihan, accueil"]


@pytest.mark.parametrize("etape", ["", "choisir"])
async def test_a_form_is_composed_once_even_when_it_is_refused(etape: str) -> None:
    browser = await signed_in(CAST.aida)
    await browser.post(URL, filled(titre="", etape=etape), status=200 if etape else 422)
    assert len(browser.queries) <= 12
    for heavy in ("from sujets s where s.id =", "percentile_disc", "d.usager_empreinte ="):
        assert len([query for query in browser.queries if heavy in query]) == 1, heavy


async def test_the_budget_holds_with_thirty_of_everything() -> None:
    for n in range(30):
        [agent] = await database.fetch(
            "insert into agents (email, nom, departement, created_at) values (:email, 'N',"
            " :departement, :created_at) returning id",
            email=f"n{n}@exemple.fr",
            departement=CAST.departements["22"],
            created_at=NOW,
        )
        [groupe] = await database.fetch(
            "insert into groupes (nom, organisme, created_at) values (:nom, :organisme, :created_at) returning id",
            nom=f"DDFIP {n}",
            organisme=CAST.organismes["ddfip"],
            created_at=NOW,
        )
        await database.fetch(
            "insert into couvertures (groupe, departement) values (:id, :lieu)",
            **{"id": groupe["id"], "lieu": CAST.departements["22"]},
        )
        for membre in (groupe["id"], CAST.groupes.france_services):
            await database.fetch(
                "insert into adhesions (agent, groupe, is_aidant, is_instructeur, created_at)"
                " values (:agent, :groupe, true, true, :now)",
                **{"agent": agent["id"], "groupe": membre, "now": NOW},
            )
        await make_demande(NOW, groupes=(groupe["id"],))
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    assert len(browser.queries) <= 6
    groupes = [row["id"] for row in await database.fetch("select id from groupes where nom like 'DDFIP %'")]
    collegues = [row["id"] for row in await database.fetch("select id from agents where nom = 'N'")]
    await browser.post(URL, filled(groupes=groupes, collegues=collegues, absent_numero_fiscal="1"))
    assert len(browser.queries) <= 12
    assert len(await list_told("demande_envoyee")) == 30


@pytest.mark.parametrize("who", ["elie", "paul", "ada", "rose"])
async def test_who_opens_no_demande_is_told_so(who: str) -> None:
    browser = await signed_in(getattr(CAST, who))
    await browser.get(URL, status=403)
    await browser.post(URL, filled(), status=403)
    await browser.post(URL, {**filled(), "etape": "choisir"}, status=403)


async def test_an_instructeur_may_open_one_too() -> None:
    browser = await signed_in(CAST.ines)
    fields = filled(structure=CAST.groupes.caf, groupes=[CAST.groupes.cpam], absent_nir="1")
    await browser.post(URL, fields)
    [row] = await database.fetch("select groupe from demandes where auteur = :auteur", auteur=CAST.ines)
    assert row["groupe"] == CAST.groupes.caf


HOSTILE: list[dict[str, Any]] = [
    {},
    {"etape": "retirer-99999999999999999999"},
    {"etape": "retirer-²"},
    {"etape": "ajouter", "nouvelle_nature": "__class__"},
    {"etape": "\x00'; drop table demandes"},
    {"etape": "deplacer", "titre": "06 12 34 56 78 " * 300},
    {"etape": "choisir", "departement": "2147483647", "groupes": ["2147483647", "-1", "x"]},
    {"etape": "choisir", "mode": "guide", "sujet": "2147483647", "categorie": "2147483647"},
    {
        "etape": "choisir",
        "autre_nature": ["nir"] * 50,
        "autre_valeur": ["\ud800".encode("utf-8", "replace").decode()],
    },
    {"etape": "actualiser", "mandat_le": "0000-00-00", "prenom": "\u202e" * 500, "nom": "%00"},
    {"description": "1" * 200_000, "titre": "x" * 50_000},
    {"formulaire": str(uuid4()), "departement": "²"},
]


@pytest.mark.parametrize("fields", HOSTILE, ids=range(len(HOSTILE)))
async def test_whatever_is_posted_is_answered_calmly(fields: dict[str, Any]) -> None:
    browser = await signed_in(CAST.aida)
    response = await browser.client.post(URL, data={"csrf": browser.csrf(), **fields})
    assert response.status_code in {200, 422}


async def test_the_mail_says_the_number_the_organismes_and_the_link_only() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post(URL, filled())
    [numero] = [
        r["numero"]
        for r in await database.fetch("select numero from demandes where auteur = :auteur", auteur=CAST.aida)
    ]
    for envoi in await claim_courriels(NOW):
        courriel = write_courriel(envoi, get_settings())
        whole = courriel.as_string() + "".join(str(part.get_content()) for part in courriel.iter_parts())
        assert f"/demandes/{numero}" in whole
        assert "CAF 22" in whole
        for secret in ("Dubois", "Martine", "AAH", "1234567", "versement"):
            assert secret not in whole
