"""Mes demandes, Demandes reçues, Demandes suivies, Recherche: as people see them, within their budgets."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from app import database
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.listes.criteres import PAR_PAGE
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import DAY, HOUR, answer_quickly, load, make_caf_cpam, post, signed_as, typed
from tests.factories import decline_all, make_demande, make_invitation, make_message

RECUES, MIENNES, SUIVIES = "/demandes/recues", "/demandes", "/demandes/suivies"
NB = "\u00a0"


async def open_list(agent: int, url: str) -> Browser:
    browser = await signed_in(agent)
    await browser.get(url)
    return browser


def tabs(browser: Browser) -> dict[str, str]:
    """Words → count of each tab."""
    found = re.findall(r'fr-tabs__tab"[^>]*>([^<]+?)\s*<span class="ap-compte[^"]*">(\d+)', browser.html)
    return dict(found)


# --- What a row says --------------------------------------------------------------------------------------------


async def test_ines_reads_everything_at_a_glance(now: datetime) -> None:
    numero = await make_demande(now, urgence="sans_ressources", sent_at=now - DAY)
    await make_message(numero, CAST.aida, "Un mot de plus.", now, cote="aidant")
    browser = await open_list(CAST.ines, RECUES)
    texte = browser.page.texte
    for words in (
        "Versement de l’AAH interrompu",
        f"n°{NB}{numero}{NB}· Martine D.{NB}· France Services Callac{NB}· 1 non lu",
        f"Urgente{NB}: sans ressources",
        "nouvelle",
        "à répondre avant jeudi 26 nov.",
        "à vous de répondre",
        "1 demande",
    ):
        assert words in texte, words
    assert "Dubois" not in browser.html
    assert f"/demandes/{numero}" in browser.page.links
    assert tabs(browser) == {"Nouvelles": "1", "En cours": "1", "En souffrance": "0", "Traitées": "0"}


async def test_what_a_colleague_took_stands_apart_under_nouvelles(now: datetime) -> None:
    await make_demande(now, titre="Prise par Idir", urgence="coupure")
    await make_demande(now, titre="Libre")
    await database.fetch(
        """update sollicitations set taken_by = $1 where demande = (
            select numero from demandes where titre = 'Prise par Idir')""",
        CAST.idir,
    )
    browser = await open_list(CAST.ines, f"{RECUES}?onglet=nouvelles")
    assert tabs(browser)["Nouvelles"] == "2"
    apart = browser.html.partition('id="demandes-prises"')
    assert "Libre" in apart[0] and "Prise par Idir" not in apart[0]
    assert "1 demande prise par un collègue" in browser.page.texte and "Prise par Idir" in apart[2]
    # Who took it has nothing apart, nor has another tab.
    for agent, onglet in ((CAST.idir, "nouvelles"), (CAST.ines, "en-cours")):
        browser = await open_list(agent, f"{RECUES}?onglet={onglet}")
        assert "demandes-prises" not in browser.html
    await browser.get("/aide/repondre")
    assert "replié à part" in browser.page.texte


async def test_delays_and_turns_in_words(now: datetime) -> None:
    await make_demande(now, sent_at=now - 8 * DAY)
    texte = (await open_list(CAST.ines, RECUES)).page.texte
    assert "en souffrance depuis le 19 nov." in texte
    answered = await make_demande(now)
    await post(CAST.idir, answered, now - HOUR)
    await database.fetch(
        "update sollicitations set taken_by = :taken_by where demande = :demande",
        demande=answered,
        taken_by=CAST.idir,
    )
    texte = (await open_list(CAST.ines, RECUES)).page.texte
    assert "à suivre avant mercredi 9 déc." in texte
    assert "à l’aidant de répondre (Idir H.)" in texte


async def test_whose_turn_it_is_bears_a_name(now: datetime) -> None:
    """A part nobody took is everybody’s; then the row names who took it, and says « vous » to that person alone."""
    numero = await make_demande(now)
    browser = await open_list(CAST.ines, RECUES)
    assert "<strong>à vous de répondre</strong>" in browser.html
    await database.fetch("update sollicitations set taken_by = $2 where demande = $1", numero, CAST.idir)
    await browser.get(RECUES)
    assert "à Idir Hamel de répondre" in browser.page.texte
    assert "<strong>à" not in browser.html
    assert f"à vous{NB}: vous vous en occupez" in (await open_list(CAST.idir, RECUES)).page.texte
    assert "à l’organisme de répondre (Idir H.)" in (await open_list(CAST.aida, MIENNES)).page.texte


async def test_the_aidant_reads_the_status(now: datetime) -> None:
    numero = await make_demande(now)
    texte = (await open_list(CAST.aida, MIENNES)).page.texte
    assert f"Nouvelle n°{NB}{numero}" in texte
    assert "réponse avant" in texte
    assert "à l’organisme de répondre" in texte
    await post(CAST.ines, numero, now)
    texte = (await open_list(CAST.aida, MIENNES)).page.texte
    assert f"Répondue n°{NB}{numero}" in texte
    assert "suite avant" in texte
    assert "à vous de répondre" in texte
    await post(CAST.ines, numero, now + timedelta(minutes=1), is_traitee=True)
    texte = (await open_list(CAST.aida, f"{MIENNES}?onglet=a-cloturer")).page.texte
    assert f"Traitée n°{NB}{numero}" in texte
    assert "à vous de clôturer" in texte


async def test_when_nobody_is_concerned_the_aidant_is_told(now: datetime) -> None:
    numero = await make_demande(now)
    await decline_all(numero, now)
    texte = (await open_list(CAST.aida, MIENNES)).page.texte
    assert f"à vous{NB}: aucun organisme ne s’estime concerné" in texte
    assert "pas concernée" in texte
    await make_invitation(numero, CAST.elie, "expert", now)
    assert "à l’aidant de répondre" in (await open_list(CAST.elie, SUIVIES)).page.texte


async def test_what_my_groupe_ended_says_who_plays_next(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    url = f"{RECUES}?onglet=traitees"
    for groupe, words in (
        (CAST.groupes.caf, "à un autre organisme"),
        (CAST.groupes.cpam, "à l’aidant de clôturer"),
    ):
        await database.fetch(
            "update sollicitations set traitee_at = :now, late_at = null where demande = :numero and groupe = :groupe",
            numero=numero,
            groupe=groupe,
            now=now,
        )
        assert words in (await open_list(CAST.ines, url)).page.texte


async def test_a_private_message_leaves_no_trace_on_the_aidant_s_page(now: datetime) -> None:
    numero = await make_demande(now, sent_at=now - DAY)
    browser = await open_list(CAST.aida, MIENNES)

    def page() -> str:
        return re.sub(r'name="(csrf|cle)" value="[^"]*"', "", browser.html)

    before = page()
    await make_message(numero, CAST.ines, "Entre nous.", now, is_prive=True)
    await database.fetch(
        "update demandes set last_prive_at = :now where numero = :numero", numero=numero, now=now
    )
    await browser.get(MIENNES)
    assert page() == before


# --- Who goes where ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rose", "paul", "ada"])
@pytest.mark.parametrize("url", [RECUES, MIENNES, SUIVIES])
async def test_who_has_no_list_goes_home(who: str, url: str, now: datetime) -> None:
    await make_demande(now)
    browser = await signed_in(getattr(CAST, who))
    response = await browser.get(url, status=303)
    assert response.headers["location"] == "/"


async def test_a_role_lost_leaves_what_one_wrote_and_nothing_to_instruct(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.rose, groupe=CAST.groupes.france_services)
    browser = await open_list(CAST.rose, f"{MIENNES}?q=rien")  # a filter does not send away
    await browser.get(MIENNES)
    assert f"n°{NB}{numero}" in browser.page.texte
    await make_invitation(numero, CAST.paul, "instructeur", now)
    await (await signed_in(CAST.paul)).get(RECUES, status=303)


@pytest.mark.parametrize(
    ("who", "url", "words"),
    [
        ("ines", RECUES, "Aucune demande en cours"),
        ("ines", f"{RECUES}?onglet=nouvelles", "Aucune nouvelle demande"),
        ("ines", f"{RECUES}?onglet=en-souffrance", "trois jours ouvrés"),
        ("ines", f"{RECUES}?onglet=traitees", "jusqu’à ce que l’aidant les clôture"),
        ("ines", MIENNES, "Faire une nouvelle demande"),
        ("aida", f"{MIENNES}?onglet=a-cloturer", "Aucune demande à clôturer"),
        ("aida", f"{MIENNES}?onglet=cloturees", "réouvrir"),
        ("elie", SUIVIES, "Aucune demande suivie"),
        ("aida", "/demandes/recherche?q=martine", f"Aucune demande trouvée pour «{NB}martine{NB}»"),
        ("rose", "/demandes/recherche?q=martine", f"Rien trouvé pour «{NB}martine{NB}»"),
        ("paul", "/demandes/recherche", "le nom d’un groupe ou d’un agent"),
        ("aida", "/demandes/recherche", f"Que cherchez-vous{NB}?"),
    ],
)
async def test_an_empty_list_says_what_will_come(who: str, url: str, words: str) -> None:
    assert words in (await open_list(getattr(CAST, who), url)).page.texte


# --- Addresses --------------------------------------------------------------------------------------------------


async def test_a_number_typed_alone_opens_its_demande_or_says_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/recherche?q={numero}", status=303)
    eve = await signed_in(CAST.eve)
    await eve.get(f"/demandes/recherche?q={numero}")
    assert "Aucune demande trouvée" in eve.page.texte


async def test_a_responsable_finds_by_groupe_what_she_does_not_read(now: datetime) -> None:
    numero = await make_demande(now, titre="Canari")
    rose = await open_list(CAST.rose, "/demandes/recherche?q=caf")
    assert f"/demandes/{numero}" in rose.page.links
    assert "Canari" not in rose.html


@pytest.mark.parametrize(
    ("who", "q", "words", "shape"),
    [
        ("rose", "caf 22", "CAF 22", r"/groupes/\d+"),
        ("rose", "inès", "Inès Le Goff", r"/groupes/\d+/membres/\d+"),
        ("ada", "payet", "Ève Payet", r"/groupes/\d+/membres/\d+"),
        ("paul", "caf", "CAF 22", r"/deploiement\?departement=\d+"),
    ],
)
async def test_who_reads_no_content_opens_the_groupe_or_the_agent_found(
    who: str, q: str, words: str, shape: str
) -> None:
    browser = await open_list(getattr(CAST, who), f"/demandes/recherche?q={quote(q)}")
    [found] = [link for link in browser.page.links if re.fullmatch(shape, link)]
    await browser.get(found)
    assert words in browser.page.texte


@pytest.mark.parametrize("url", [RECUES, MIENNES, SUIVIES, "/demandes/recherche"])
@pytest.mark.parametrize(
    "query",
    [
        "onglet=&groupe=&page=",
        "onglet=x&groupe=abc&departement=%00&organisme=%ff%fe&a_qui=x&tri=x&page=-1&depuis=x",
        "groupe=99999999999999999999&page=2147483647&depuis=9007199254740992",
        "q=%25_%5C%27%22%3Cb%3E&q=%ED%A0%80",
        "q=" + "x%20" * 3000,
        "page=1&page=2&onglet=en-cours&onglet=traitees&actualisation=non",
        "departement=22&departement=22&organisme=caf&depuis=1",
        "page=%D9%A3",
    ],
)
async def test_no_address_is_an_error(url: str, query: str, now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    for agent in (CAST.ines, CAST.elie):
        response = await (await signed_in(agent)).client.get(f"{url}?{query}")
        assert response.status_code in {200, 303}


# --- Search -----------------------------------------------------------------------------------------------------


async def test_the_search_shows_where_it_was_found(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_message(numero, CAST.ines, "Le virement <b>exceptionnel</b> est prêt.", now, is_prive=True)
    browser = await open_list(CAST.ivan, "/demandes/recherche?q=Exceptionnel")
    assert "&lt;b&gt;<mark>exceptionnel</mark>&lt;/b&gt;" in browser.html
    assert "Réservé aux instructeurs" in browser.page.texte
    assert "1 demande trouvée" in browser.page.texte
    assert 'value="Exceptionnel"' in browser.html
    browser = await open_list(CAST.aida, "/demandes/recherche?q=Exceptionnel")
    assert "Aucune demande trouvée" in browser.page.texte
    browser = await open_list(CAST.aida, "/demandes/recherche?q=dubois")
    assert f"Usager{NB}: Martine <mark>Dubois</mark>" in browser.html


async def test_search_pages_keep_the_words(now: datetime) -> None:
    for _ in range(PAR_PAGE + 1):
        await make_demande(now)
    browser = await open_list(CAST.aida, "/demandes/recherche?q=aah+%26+co")
    assert "Aucune" in browser.page.texte
    await browser.get("/demandes/recherche?q=l%E2%80%99aah")
    assert "/demandes/recherche?q=l%E2%80%99aah&page=2" in browser.page.links


# --- Budgets (quality P1) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
async def test_budgets(rows: int, now: datetime) -> None:
    for _ in range(rows):
        numero = await make_caf_cpam(now)
        await make_invitation(numero, CAST.elie, "expert", now)
        await make_message(numero, CAST.ines, "Bonjour à tous.", now)
    pages: list[tuple[Any, str]] = [
        (CAST.ines, RECUES),
        (CAST.ines, f"{RECUES}?non_lues=1&organisme=cpam&departement=22&q=aah"),
        (CAST.aida, MIENNES),
        (CAST.elie, SUIVIES),
        (CAST.ivan, "/demandes/recherche?q=bonjour"),
    ]
    for agent, url in pages:
        browser = await open_list(agent, url)
        assert browser.html.count('class="ap-ligne') >= min(rows, PAR_PAGE)
        assert len(browser.queries) <= 6, url


async def test_orange_says_lateness_only(now: datetime) -> None:
    await make_demande(now, titre="Demande du jour", sent_at=now - timedelta(hours=1))
    browser = await signed_in(CAST.aida)
    await browser.get("/demandes")
    assert "fr-badge--warning" not in browser.html
    await make_demande(now, titre="Demande ancienne", sent_at=now - timedelta(days=10))
    await browser.get("/demandes")
    assert browser.html.count("fr-badge--warning") == 1


async def test_late_while_the_aidant_owes_the_row_says_who_owes_what(now: datetime) -> None:
    sent = now - timedelta(days=20)
    numero = await make_demande(now, sent_at=sent)
    await post(CAST.ines, numero, now - timedelta(days=16))
    browser = await signed_in(CAST.ines)
    await browser.get("/demandes/recues?onglet=en-souffrance")
    assert "sans nouvelle depuis 16 jours" in browser.page.texte
    assert "à l’aidant de répondre" in browser.page.texte
    await browser.get(f"/demandes/{numero}")
    assert "Sans nouvelle depuis 16 jours, à l’aidant de répondre" in browser.page.texte


async def test_a_decline_alone_is_not_an_answer(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    await answer_quickly(ines, await load(ines, numero), ReponseRapide.DECLINEE, typed(), now)
    browser = await signed_in(CAST.aida)
    await browser.get("/demandes")
    assert "Répondue" not in browser.page.texte
    assert "aucun organisme ne s’estime concerné" in browser.page.texte
