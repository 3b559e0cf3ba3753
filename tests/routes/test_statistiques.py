"""`/statistiques`: who sees which figures, in which words; files and open data."""

import csv
import io
import json
import re
import zipfile
from datetime import date, datetime, timedelta

import pytest

from app import database
from app.domain.figures import nationales
from app.domain.figures.publications import publish
from app.domain.figures.sommes import count_evenings, sum_again
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import make_demande


async def fill(now: datetime, parts: int = 24) -> None:
    """Demandes of last month: most to the CAF 22, three to the CPAM 22; some answered, some traitées."""
    nationales._kept.clear()
    for n in range(parts):
        sent = now - timedelta(days=30 + n % 5, hours=n)
        groupe = CAST.groupes.cpam if n < 3 else CAST.groupes.caf
        numero = await make_demande(
            now, groupes=(groupe,), sent_at=sent, titre=f"Canari {n}", usager=("Zoé", "Canari", "1970")
        )
        if n % 2:
            await database.fetch(
                "update sollicitations set first_answered_at = :first_answered_at,"
                " answered_at = :first_answered_at, replied_at = :first_answered_at, traitee_at = :first_answered_at,"
                " late_at = null where demande = :numero",
                numero=numero,
                first_answered_at=sent + timedelta(hours=30),
            )
    await sum_again()
    await publish(now, jour=now.date())


async def test_a_visitor_sees_the_country_and_no_small_count(now: datetime) -> None:
    await fill(now)
    browser = Browser()
    await browser.get("/statistiques")
    texte = browser.page.texte
    assert "France entière" in texte
    assert "24" in texte
    assert "masqué" in texte  # the three of the CPAM, and what would give them away
    assert "Aidants actifs" in texte and "Instructeurs actifs" in texte
    assert "Canari" not in texte and "Zoé" not in texte


async def test_a_responsable_sees_exact_figures_of_her_groupes_only(now: datetime) -> None:
    await fill(now)
    rose = await signed_in(CAST.rose)
    await rose.get(f"/statistiques?groupe={CAST.groupes.caf}&periode=12")
    texte = rose.page.texte
    assert "CAF 22" in texte and "21" in texte and "masqué" not in texte
    assert "Canari" not in texte
    await rose.get(f"/statistiques?groupe={CAST.groupes.cpam}", status=404)
    await rose.get("/statistiques?vue=tout", status=404)
    await rose.get("/statistiques?vue=perimetre", status=404)
    assert len(rose.queries) <= 20


async def test_a_pilote_sees_the_scope_with_small_counts_hidden(now: datetime) -> None:
    await fill(now)
    paul = await signed_in(CAST.paul)
    await paul.get("/statistiques")
    assert "Mon périmètre" in paul.page.texte
    await count_evenings(now, limite=1000)
    await publish(now, jour=now.date())
    await paul.get("/statistiques")
    assert "le dernier soir du mois" in paul.page.texte and "octobre 2026" in paul.page.texte
    await paul.get(f"/statistiques?departement={CAST.departements['974']}", status=404)
    await paul.get(f"/statistiques?departement={CAST.departements['22']}&organisme={CAST.organismes['cpam']}")
    assert "masqué" in paul.page.texte
    assert not re.search(r"\b3\b.{0,12}sollicitations reçues", paul.page.texte)


async def test_an_administratrice_sees_everything_exact(now: datetime) -> None:
    await fill(now)
    ada = await signed_in(CAST.ada)
    await ada.get("/statistiques")
    assert "Toutes les données" in ada.page.texte and "masqué" not in ada.page.texte
    await ada.get(f"/statistiques?vue=tout&groupe={CAST.groupes.cpam}")
    assert "CPAM 22" in ada.page.texte


async def test_an_aidante_reads_national_figures_only(now: datetime) -> None:
    await fill(now)
    aida = await signed_in(CAST.aida)
    await aida.get("/statistiques")
    assert "France entière" in aida.page.texte
    await aida.get(f"/statistiques?groupe={CAST.groupes.france_services}", status=404)
    await aida.get(f"/statistiques?organisme={CAST.organismes['caf']}", status=404)


@pytest.mark.parametrize(
    "query", ["periode=9999", "periode=<x>", "du=2026-13", "du=2020-01&au=2019-01", "au=1999-01"]
)
async def test_an_absurd_period_is_a_period(query: str) -> None:
    await Browser().get(f"/statistiques?{query}")


async def test_each_table_leaves_as_csv_and_ods_with_the_choices_of_the_page(now: datetime) -> None:
    await fill(now)
    rose = await signed_in(CAST.rose)
    await rose.get(f"/statistiques?groupe={CAST.groupes.caf}&periode=12")
    links = [str(link) for link in re.findall(r'href="(/statistiques/tableaux/[^"]+)"', rose.html)]
    assert len(links) >= 6
    for link in links:
        response = await rose.get(link.replace("&amp;", "&"))
        if ".csv" in link:
            assert response.content.startswith(b"\xef\xbb\xbf")
            assert response.headers["content-type"] == "text/csv; charset=utf-8"
        else:
            assert zipfile.ZipFile(io.BytesIO(response.content)).testzip() is None
    await rose.get("/statistiques/tableaux/semaines.pdf", status=404)
    await rose.get("/statistiques/tableaux/nulle-part.csv", status=404)


async def test_the_open_data_are_stable_dated_and_hide_small_counts(now: datetime) -> None:
    await fill(now)
    browser = Browser()
    content = (await browser.get("/statistiques.csv")).content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert list(rows[0]) == [
        *(
            "mois",
            "departement",
            "organisme",
            "envoyees",
            "traitees",
            "declinees",
            "premiere_reponse_mediane",
        ),
        *("dans_le_delai", "satisfaction_oui", "satisfaction_en_partie", "satisfaction_non"),
    ]
    by_organisme = {row["organisme"]: row for row in rows}
    assert by_organisme["CPAM"]["envoyees"] == "masqué"
    said = json.loads((await browser.get("/statistiques.json")).content)
    assert (said["version"], said["licence"], said["date"]) == (
        "1.0",
        "Licence Ouverte 2.0",
        now.date().isoformat(),
    )
    assert list(said["colonnes"]) == list(rows[0])
    assert len(said["lignes"]) == len(rows)
    assert {row["mois"] for row in rows} <= {"2026-10", "2026-09"}


async def test_nothing_is_published_of_the_month_that_runs(now: datetime) -> None:
    await make_demande(now, sent_at=now - timedelta(days=1))
    await sum_again()
    await publish(now, jour=now.date())
    rows = await database.fetch("select max(mois) as mois from publications where envoyees > 0")
    assert rows[0]["mois"] in (None, date(2026, 10, 1))


async def test_evenings_and_their_peak_are_told(now: datetime) -> None:
    for age in (20, 21, 22):
        await make_demande(now, sent_at=now - timedelta(days=age))
    await count_evenings(now, limite=1000)
    rose = await signed_in(CAST.rose)
    await rose.get(f"/statistiques?groupe={CAST.groupes.caf}")
    assert "pic\u00a0: 3, le" in rose.page.texte
    assert "Sollicitations en souffrance à 18 h" in rose.page.texte


async def test_a_month_of_a_few_is_not_found_by_changing_the_period(now: datetime) -> None:
    """Demandes of the country: 24 in October, two in September; no period gives the two away."""
    await fill(now)
    for _ in range(2):
        await make_demande(now, sent_at=now - timedelta(days=70))
    await sum_again()
    await publish(now, jour=now.date())
    browser = Browser()
    for query in ("du=2026-09&au=2026-09", "du=2026-09&au=2026-10", "du=2026-10&au=2026-10", "periode=12"):
        await browser.get(f"/statistiques?{query}")
        assert "26" not in browser.page.texte.replace("2026", "")
        tuile = browser.page.texte.split("L’essentiel")[1].split("demandes envoyées")[0].strip()
        assert tuile in {"masqué", "au moins 24", "24"}, (query, tuile)
