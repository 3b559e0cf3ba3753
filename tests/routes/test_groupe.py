"""`/groupes/{groupe}` and its pages: members, accounts, one member, departures, settings."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.regles.roles import Role
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.groupes.equipe import hire, roles_in
from tests.factories import list_journal, list_told, make_demande, make_invitation

DAY = timedelta(days=1)


def caf(end: str = "") -> str:
    return f"/groupes/{CAST.groupes.caf}{end}"


def fs(end: str = "") -> str:
    return f"/groupes/{CAST.groupes.france_services}{end}"


async def test_the_members_with_roles_visits_and_absences(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get(caf())
    for words in (
        "Inès Le Goff",
        "Idir Hamel",
        "c’est vous",
        "3 membres, dont 2 instructeurs et 1 responsable",
    ):
        assert words in rose.page.texte
    assert caf("/membres.csv") in rose.page.links and caf("/comptes") in rose.page.links
    assert len(rose.queries) <= 6
    for n in range(30):
        await hire(f"Yann{n}", CAST.groupes.caf, now, Role.INSTRUCTEUR)
    await rose.get(caf())
    assert len(rose.queries) <= 6 and "33 membres" in rose.page.texte


async def test_filters_work_by_the_address_alone(now: datetime) -> None:
    await database.fetch("update agents set deactivated_at = :now where id = :idir", now=now, idir=CAST.idir)
    rose = await signed_in(CAST.rose)
    await rose.get(caf())
    assert "Idir Hamel" not in rose.page.texte
    await rose.get(caf("?etat=desactives"))
    assert "Idir Hamel" in rose.page.texte and "Inès Le Goff" not in rose.page.texte
    await rose.get(caf("?role=responsable"))
    assert "Inès Le Goff" not in rose.page.texte
    await rose.get(caf("?q=INES+goff"))
    assert "1 membre" in rose.page.texte
    await rose.get(caf("?q=zzz"))
    assert "Aucun membre ne correspond." in rose.page.texte


@pytest.mark.parametrize("who", ["eve", "ivan", "elie", "paul", "aida"])
async def test_strangers_get_404_on_every_page(who: str, now: datetime) -> None:
    browser = await signed_in(getattr(CAST, who))
    for end in (
        "",
        "/membres.csv",
        "/comptes",
        "/reglages",
        f"/membres/{CAST.idir}",
        f"/membres/{CAST.idir}/retrait",
    ):
        await browser.get(caf(end), status=404)


async def test_a_member_sees_colleagues_but_neither_settings_nor_exports(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.get(caf())
    assert caf("/membres.csv") not in ines.page.links and caf("/reglages") not in ines.page.links
    for end in ("/membres.csv", "/comptes", "/reglages"):
        await ines.get(caf(end), status=403)
    await ines.get(caf(f"/membres/{CAST.idir}"))
    assert "Enregistrer les rôles" not in ines.html
    await ines.get(caf(f"/membres/{CAST.eve}"), status=404)
    await ines.get(caf("/membres/abc"), status=404)


async def test_each_error_of_several_accounts_names_its_own(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    lignes = {f"{champ}-{n}": "" for champ in ("prenom", "nom", "fonction", "email") for n in (1, 2)}
    typed = {
        **lignes,
        "prenom-1": "a" * 81,
        "nom-1": "b" * 81,
        "fonction-2": "Agente",
        "aidant-1": "1",
        "aidant-2": "1",
    }
    await rose.post(caf("/comptes"), {"acte": "creer", "lignes": "2", **typed}, status=422)
    for words in (
        "Compte 1 : prénom : 80 caractères",
        "Compte 1 : nom : 80",
        "Compte 2 : saisissez son prénom.",
    ):
        assert words.replace(" :", "\u00a0:") in rose.page.texte


async def test_the_members_as_a_spreadsheet(now: datetime) -> None:
    await database.fetch("update agents set fonction = '=1+1' where id = :idir", idir=CAST.idir)
    rose = await signed_in(CAST.rose)
    response = await rose.client.get(caf("/membres.csv"))
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Membres%20CAF%2022%202026-11-24.csv" in response.headers["content-disposition"]
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Nom", "Prénom", "Fonction", "Adresse e-mail"]
    hamel = next(row for row in rows if row[0] == "Hamel")
    assert hamel[2] == "'=1+1" and hamel[6] == "oui" and hamel[5] == "non"


# --- Adding -----------------------------------------------------------------------------------------------------


async def test_any_member_adds_an_existing_account_as_aidant(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.get(caf())
    await ines.submit(caf("/membres"), {"email": " Ivan@Exemple.fr ", "responsable": "1"}, follow=True)
    assert "Ivan Riou" in ines.page.texte
    assert await roles_in(CAST.ivan, CAST.groupes.caf) == frozenset({Role.AIDANT})
    assert await list_told("ajoute_au_groupe") == {"ivan@exemple.fr"}


async def test_a_responsable_gives_the_roles(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.post(caf("/membres"), {"email": "ivan@exemple.fr", "instructeur": "1", "responsable": "1"})
    assert await roles_in(CAST.ivan, CAST.groupes.caf) == frozenset({Role.INSTRUCTEUR, Role.RESPONSABLE})
    await rose.post(caf("/membres"), {"email": "eve@exemple.fr"}, status=422)
    assert "Cochez au moins un rôle." in rose.page.texte


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Saisissez son adresse e-mail."),
        ("ivan@", "Cette adresse est incomplète."),
        ("idir@exemple.fr", "Cette personne est déjà membre du groupe."),
        ("personne@exemple.fr", "Aucun compte ne peut être ajouté avec cette adresse."),
    ],
)
async def test_an_address_that_will_not_do_is_kept_and_said(email: str, said: str, now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.post(caf("/membres"), {"email": email}, status=422)
    assert said in ines.page.texte
    assert ines.page.forms[-1]["values"].get("email", [""]) == [email]
    assert ines.page.title.startswith("Erreur")


async def test_an_account_closed_elsewhere_is_said_like_an_unknown_one(now: datetime) -> None:
    await database.fetch("update agents set deactivated_at = :now where id = :ivan", now=now, ivan=CAST.ivan)
    ines = await signed_in(CAST.ines)
    await ines.post(caf("/membres"), {"email": "ivan@exemple.fr"}, status=422)
    closed = ines.page.texte.replace("ivan@", "personne@")
    await ines.post(caf("/membres"), {"email": "personne@exemple.fr"}, status=422)
    assert ines.page.texte == closed
    await database.fetch("update agents set deactivated_at = :now where id = :idir", now=now, idir=CAST.idir)
    await ines.post(caf("/membres"), {"email": "idir@exemple.fr"}, status=422)
    assert "Ce compte est désactivé" in ines.page.texte  # of their own groupe


async def test_trying_addresses_one_after_the_other_is_stopped(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    for n in range(30):
        await ines.post(caf("/membres"), {"email": f"personne{n}@exemple.fr"}, status=422)
    await ines.post(caf("/membres"), {"email": "personne30@exemple.fr"}, status=429)


# --- One member -------------------------------------------------------------------------------------------------


async def test_roles_changed_meanwhile_are_shown_and_asked_again(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get(caf(f"/membres/{CAST.idir}"))
    await database.fetch("update adhesions set is_aidant = true where agent = :idir", idir=CAST.idir)
    await rose.submit(caf(f"/membres/{CAST.idir}"), {"responsable": "1"}, status=409)
    assert "Entre-temps, Idir Hamel a changé de rôles\u00a0: aidant, instructeur." in rose.page.texte
    await rose.submit(caf(f"/membres/{CAST.idir}"), {"responsable": "1"}, follow=True)
    assert await roles_in(CAST.idir, CAST.groupes.caf) == frozenset({Role.INSTRUCTEUR, Role.RESPONSABLE})
    [line] = await list_journal("roles_modifies")
    assert line["details"] == {
        "agent": CAST.idir,
        "avant": ["aidant", "instructeur"],
        "roles": ["instructeur", "responsable"],
    }


async def test_the_last_responsable_keeps_the_role(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get(caf(f"/membres/{CAST.rose}"))
    await rose.post(caf(f"/membres/{CAST.rose}"), {"vus": "responsable", "aidant": "1"}, status=422)
    assert "n’aurait plus de responsable" in rose.page.texte


async def test_a_member_gives_no_role(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.post(caf(f"/membres/{CAST.ines}"), {"vus": "instructeur", "responsable": "1"}, status=403)


# --- Leaving ----------------------------------------------------------------------------------------------------


async def test_the_preview_shows_metadata_only_then_the_act_hands_over(now: datetime) -> None:
    numero = await make_demande(now, titre="Zorbe", usager=("Martine", "Lune", "1968"))
    await database.fetch("update sollicitations set taken_by = :i where demande = :n", i=CAST.idir, n=numero)
    rose = await signed_in(CAST.rose)
    await rose.get(caf(f"/membres/{CAST.idir}/retrait"))
    assert "1 demande ouverte concernée" in rose.page.texte and f"n°\u00a0{numero}" in rose.page.texte
    for secret in ("Zorbe", "Martine", "Lune"):
        assert secret not in rose.html
    assert len(rose.queries) <= 10
    await rose.submit(
        caf(f"/membres/{CAST.idir}/retrait"),
        {f"confier-{numero}": CAST.ines, "motif": "Mutation"},
        follow=True,
    )
    assert "n’est plus membre du groupe" in rose.page.texte and "Idir Hamel" not in rose.page.texte
    [row] = await database.fetch("select taken_by from sollicitations where demande = :n", n=numero)
    assert row["taken_by"] == CAST.ines


async def test_a_removed_member_gets_404_at_the_next_click_a_reactivated_one_signs_in_anew(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    idir, rose = await signed_in(CAST.idir), await signed_in(CAST.rose)
    await idir.get(f"/demandes/{numero}")
    await rose.get(caf(f"/membres/{CAST.idir}/retrait"))
    await rose.submit(caf(f"/membres/{CAST.idir}/retrait"))
    await idir.get(f"/demandes/{numero}", status=404)
    await idir.get(caf(), status=404)

    ines = await signed_in(CAST.ines)
    await hire("Yann", CAST.groupes.caf, now, Role.INSTRUCTEUR)
    await ines.get(f"/demandes/{numero}")
    await rose.get(caf(f"/membres/{CAST.ines}/retrait?acte=desactiver"))
    await rose.submit(caf(f"/membres/{CAST.ines}/retrait"))
    await ines.get(f"/demandes/{numero}", status=303)
    await rose.get(caf(f"/membres/{CAST.ines}"))
    await rose.submit(caf(f"/membres/{CAST.ines}/reactivation"), follow=True)
    assert "peut se connecter de nouveau" in rose.page.texte
    await ines.get(f"/demandes/{numero}", status=303)
    await (await signed_in(CAST.ines)).get(f"/demandes/{numero}")


async def test_a_guard_says_its_reason_instead_of_the_button(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get(caf(f"/membres/{CAST.rose}/retrait"))
    assert "Le groupe CAF 22 n’aurait plus de responsable" in rose.page.texte
    assert not [form for form in rose.page.forms if form["action"].endswith("/retrait")]
    await rose.post(caf(f"/membres/{CAST.rose}/retrait"), status=403)


async def test_what_changed_meanwhile_is_shown_and_asked_again(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get(caf(f"/membres/{CAST.idir}/retrait"))
    numero = await make_demande(now)
    await database.fetch("update sollicitations set taken_by = :i where demande = :n", i=CAST.idir, n=numero)
    await rose.submit(caf(f"/membres/{CAST.idir}/retrait"), status=409)
    assert "a changé" in rose.page.texte and f"n°\u00a0{numero}" in rose.page.texte
    await rose.submit(caf(f"/membres/{CAST.idir}/retrait"))
    assert await roles_in(CAST.idir, CAST.groupes.caf) is None


async def test_who_a_colleague_removed_first_is_said_to_be_gone(now: datetime) -> None:
    rose, ada = await signed_in(CAST.rose), await signed_in(CAST.ada)
    page = caf(f"/membres/{CAST.idir}")
    await rose.get(page)
    await ada.get(page + "/retrait")
    await ada.submit(page + "/retrait")
    absence = {"debut": "2026-11-24", "fin": "2026-12-01"}
    for end, fields in (("", {"vus": "instructeur", "aidant": 1}), ("/absence", absence), ("/retrait", {})):
        await rose.post(page + end, fields, status=404)
        assert "n’est plus, membre du groupe" in rose.page.texte
        assert "l’adresse" not in rose.page.texte
        said = rose.page.texte
        await rose.post(caf(f"/membres/999999{end}"), fields, status=404)
        assert rose.page.texte == said


async def test_a_colleague_sees_how_many_never_which_of_what_they_do_not_follow(now: datetime) -> None:
    known, unknown = await make_demande(now), await make_demande(now)
    await make_invitation(known, CAST.aline, "collegue", now)
    aline = await signed_in(CAST.aline)
    await aline.get(fs(f"/membres/{CAST.aida}/retrait"))
    assert f"n°\u00a0{known}" in aline.page.texte and f"n°\u00a0{unknown}" not in aline.page.texte
    assert "Une autre demande ouverte que vous ne suivez pas est concernée" in aline.page.texte


async def test_one_leaves_a_groupe_oneself(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.get(caf(f"/membres/{CAST.ines}"))
    assert "Quitter le groupe…" in ines.page.texte
    await ines.get(caf(f"/membres/{CAST.ines}/retrait"))
    await ines.submit(caf(f"/membres/{CAST.ines}/retrait"), follow=True)
    assert await roles_in(CAST.ines, CAST.groupes.caf) is None


# --- Absence, settings ------------------------------------------------------------------------------------------


async def test_an_absence_is_declared_shown_and_ended(now: datetime) -> None:
    idir = await signed_in(CAST.idir)
    page = caf(f"/membres/{CAST.idir}")
    await idir.get(page)
    await idir.submit(
        page + "/absence", {"debut": "2026-11-24", "fin": "04/12/2026", "remplacant": CAST.ines}, follow=True
    )
    assert "L’absence est enregistrée." in idir.page.texte
    await idir.get(caf())
    assert "jusqu’au 4 décembre" in idir.page.texte and "remplacement\u00a0: Inès Le Goff" in idir.page.texte
    await idir.post(page + "/absence", {"debut": "2026-11-24", "fin": "2026-11-01"}, status=422)
    assert "Ce jour est passé" in idir.page.texte
    await idir.get(page)
    await idir.submit(page + "/retour", follow=True)
    assert "L’absence est terminée." in idir.page.texte
    await idir.post(page + "/retour", status=409)
    await idir.post(
        caf(f"/membres/{CAST.ines}/absence"), {"debut": "2026-11-24", "fin": "2026-12-01"}, status=403
    )


async def test_an_absence_declared_meanwhile_is_shown_and_asked_again(now: datetime) -> None:
    rose, idir = await signed_in(CAST.rose), await signed_in(CAST.idir)
    page = caf(f"/membres/{CAST.idir}")
    await rose.get(page)
    await idir.get(page)
    await idir.submit(
        page + "/absence", {"debut": "2026-11-30", "fin": "2026-12-04", "remplacant": CAST.ines}
    )
    await rose.submit(page + "/absence", {"debut": "2026-12-21", "fin": "2026-12-31"}, status=409)
    assert "une autre absence a été enregistrée\u00a0: du lundi 30 novembre" in rose.page.texte
    assert 'value="2026-12-21"' in rose.html
    # Seen, it is changed by the same button.
    await rose.submit(page + "/absence", follow=True)
    assert "L’absence est enregistrée." in rose.page.texte


async def test_settings_that_changed_meanwhile_are_shown_and_asked_again(now: datetime) -> None:
    rose, ada = await signed_in(CAST.rose), await signed_in(CAST.ada)
    await rose.get(caf("/reglages"))
    await ada.get(caf("/reglages"))
    pause = {
        "accueil": "non",
        "pause_on": "2026-12-24",
        "reprise_on": "2026-12-28",
        "message": "Appelez le 3230.",
    }
    await ada.submit(caf("/reglages"), {"description": "RSA.", "bal": "caf@exemple.fr", **pause}, follow=True)
    await rose.submit(caf("/reglages"), {"description": "Mieux dit."}, status=409)
    for said in (
        "Rien n’a été changé",
        "Ce que les aidants lisent\u00a0: RSA.",
        "Boîte partagée\u00a0: caf@exemple.fr",
        "Pause\u00a0: pause prévue le 24 décembre, reprise le 28 décembre, «\u00a0Appelez le 3230.\u00a0»",
    ):
        assert said in rose.page.texte, said
    await rose.submit(caf("/reglages"), {"bal": "caf@exemple.fr", **pause}, follow=True)
    await rose.get(caf("/reglages"))
    assert "Mieux dit." in rose.html and "Appelez le 3230." in rose.html


async def test_the_settings_are_kept_and_their_faults_said_beside_each_field(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get(caf("/reglages"))
    pause = {
        "accueil": "non",
        "pause_on": "2026-12-24",
        "reprise_on": "2026-12-28",
        "message": "Appelez le 3230.",
    }
    await rose.submit(
        caf("/reglages"), {"description": "RSA, AAH.", "bal": "caf@exemple.fr", **pause}, follow=True
    )
    assert "Les réglages sont enregistrés." in rose.page.texte
    await rose.get(caf())
    assert "pause prévue le 24 décembre, reprise le 28 décembre" in rose.page.texte
    wrong = {
        "bal": "caf@",
        "pause_on": "",
        "reprise_on": "2026-11-01",
        "message": "",
        "description": "x" * 301,
    }
    await rose.get(caf("/reglages"))
    await rose.submit(caf("/reglages"), wrong, status=422)
    for said in (
        "300 caractères au plus",
        "incomplète",
        "premier jour de la pause",
        "Ce jour est passé",
        "Dites aux aidants",
    ):
        assert said in rose.page.texte, said
