"""The demande page: what each person sees of it, and what it costs."""

import re
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.echanges.usagers import seal_informations
from app.domain.mots.identifiants import NatureIdentifiant
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import make_demande, make_invitation, make_message

SECRET = "lot 2217 parti en rejet"
HOUR = timedelta(hours=1)


async def make_scene(now: datetime, messages: int = 1) -> int:
    """A demande to the CAF and the CPAM, Aline and Élie invited, one private message, an identifier."""
    numero = await make_demande(now, groupes=(CAST.groupes.caf, CAST.groupes.cpam), urgence="coupure")
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    async with database.transaction():
        await seal_informations(numero, [(NatureIdentifiant.ALLOCATAIRE_CAF, "", "1234412")], CAST.aida, now)
    for n in range(messages):
        await make_message(numero, CAST.ines, f"Réponse {n} de la CAF.", now - HOUR, groupe=CAST.groupes.caf)
    await make_message(numero, CAST.idir, SECRET, now - HOUR, groupe=CAST.groupes.caf, is_prive=True)
    return numero


async def open_page(agent: int, numero: int, suite: str = "", status: int = 200) -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}{suite}", status=status)
    return browser


@pytest.mark.parametrize("who", ["aida", "aline", "ines", "idir", "ivan", "elie"])
async def test_who_takes_part_reads_the_situation_and_the_thread(now: datetime, who: str) -> None:
    numero = await make_scene(now)
    page = (await open_page(getattr(CAST, who), numero)).page
    assert page.h1 == ["Versement de l’AAH interrompu"]
    for words in (
        "Plus de versement",
        "Martine Dubois",
        "Réponse 0 de la CAF",
        "Urgente\xa0: coupure",
        "CPAM 22",
    ):
        assert words in page.texte


@pytest.mark.parametrize(
    ("who", "reads"), [("ines", True), ("ivan", True), ("elie", True), ("aida", False), ("aline", False)]
)
@pytest.mark.parametrize("suite", ["", "/impression"])
async def test_a_private_message_is_nowhere_on_the_aidant_side(
    now: datetime, who: str, reads: bool, suite: str
) -> None:
    numero = await make_scene(now)
    browser = await open_page(getattr(CAST, who), numero, suite)
    assert (SECRET in browser.html) is reads
    assert ("Réservé aux instructeurs" in browser.page.texte) is reads
    # Idir only wrote in private: the aidant side does not learn that he came.
    if not suite:
        assert ("Idir Hamel" in browser.page.texte) is reads


@pytest.mark.parametrize("who", ["rose", "ada"])
async def test_who_may_only_know_it_exists_sees_metadata(now: datetime, who: str) -> None:
    numero = await make_scene(now)
    browser = await open_page(getattr(CAST, who), numero)
    assert browser.page.h1 == [f"Demande n°\xa0{numero}"]
    for words in ("CAF 22", "CPAM 22", "sans réponse", "Réponse attendue avant", "France Services Callac"):
        assert words in browser.page.texte
    for hidden in (
        "AAH",
        "Dubois",
        "Martine",
        "versement",
        "Réponse 0",
        SECRET,
        "Kerjean",
        "Élie",
        "1234412",
        "••••",
    ):
        assert hidden not in browser.html
    assert len(browser.queries) <= 8
    assert not await database.fetch("select 1 from lectures where demande = :numero", numero=numero)
    for suite in ("/impression", "/invitations", "/cloture"):
        await browser.get(f"/demandes/{numero}{suite}", status=403)


@pytest.mark.parametrize("who", ["eve", "paul"])
@pytest.mark.parametrize("suite", ["", "/impression", "/invitations", "/cloture"])
async def test_a_stranger_gets_404(now: datetime, who: str, suite: str) -> None:
    await open_page(getattr(CAST, who), await make_scene(now), suite, status=404)


@pytest.mark.parametrize("numero", ["0", "abc", "99999999", "9" * 30, "1e3", "-1"])
async def test_an_absurd_number_is_a_404(numero: str) -> None:
    await (await signed_in(CAST.ines)).get(f"/demandes/{numero}", status=404)


@pytest.mark.parametrize("who", ["aida", "ines", "elie"])
@pytest.mark.parametrize("messages", [1, 30])
async def test_the_page_stays_within_its_budget(now: datetime, who: str, messages: int) -> None:
    numero = await make_scene(now, messages)
    browser = await open_page(getattr(CAST, who), numero)
    assert len(browser.queries) <= 6, [q.split()[:6] for q in browser.queries]
    await browser.get(f"/demandes/{numero}")
    assert len(browser.queries) <= 6, [q.split()[:6] for q in browser.queries]


async def test_each_person_has_the_buttons_of_their_role(now: datetime) -> None:
    numero = await make_scene(now)
    buttons = {
        "Je m’en occupe": {"ines", "ivan"},
        "Je ne suis pas le bon interlocuteur": {"ines", "ivan"},
        "Indiquer que j’ai traité la demande": {"ines", "ivan"},
        "Message réservé aux instructeurs": {"ines", "ivan", "elie"},
        "Clôturer sans attendre de réponse": {"aida", "aline"},
        "Ajouter une information": {"aida", "aline"},
        "Inviter un organisme": {"aida", "aline", "ines", "ivan", "elie"},
    }
    for who in ("aida", "aline", "ines", "ivan", "elie"):
        texte = (await open_page(getattr(CAST, who), numero)).page.texte
        for button, people in buttons.items():
            assert (button in texte) is (who in people), (who, button)


async def test_the_private_box_says_how_many_will_read(now: datetime) -> None:
    """Inès, Idir, Ivan and Élie; never Aïda nor Aline."""
    page = (await open_page(CAST.ines, await make_scene(now))).page
    assert "4 personnes le liront" in page.texte
    assert "du côté aidant" in page.texte


async def test_what_is_new_since_the_last_visit_is_marked_once(now: datetime) -> None:
    numero = await make_scene(now)
    browser = await open_page(CAST.aida, numero)
    assert "ap-message--nouveau" not in browser.html
    await make_message(numero, CAST.ivan, "Je regarde.", now + HOUR, groupe=CAST.groupes.cpam)
    await browser.get(f"/demandes/{numero}")
    assert browser.html.count("ap-message--nouveau") == 1


async def test_the_aidant_learns_who_opened_it(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await open_page(CAST.aida, numero)
    assert "Nouvelle" in aida.page.texte
    ines = await open_page(CAST.ines, numero)
    assert "Nouvelle demande" in ines.page.texte
    assert ">Nouvelle<" not in ines.html
    await aida.get(f"/demandes/{numero}")
    assert "Consultée" in aida.page.texte
    assert "Inès Le Goff consultée aujourd’hui" in aida.page.texte


async def test_a_late_part_says_since_when_and_why(now: datetime) -> None:
    """Sent Thursday 12 at 10:00, due Tuesday 17 at 10:00; the tests live on Tuesday 24."""
    numero = await make_demande(now, sent_at=now - timedelta(days=12))
    page = (await open_page(CAST.ines, numero)).page
    assert "En souffrance depuis mardi 17 novembre (8 jours ouvrés sans réponse)" in page.texte


async def test_a_revoked_mandat_says_why_nobody_can_answer(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update mandats set etat = 'revoque', revoked_at = :revoked_at where demande = :numero",
        numero=numero,
        revoked_at=now - HOUR,
    )
    for who in (CAST.aida, CAST.ines):
        browser = await open_page(who, numero)
        assert "Le mandat de l’usager a été révoqué aujourd’hui" in browser.page.texte
        assert "champ-texte" not in browser.html
        assert "révoqué aujourd’hui" in browser.page.texte


async def test_an_erased_demande_still_opens_for_who_took_part(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        """
        update demandes set titre = '', description = '', usager_prenom = '', usager_nom = '',
            usager_naissance = '', closed_at = :closed_at, erased_at = :closed_at where numero = :numero
        """,
        numero=numero,
        closed_at=now - HOUR,
    )
    for who in (CAST.aida, CAST.ines):
        browser = await open_page(who, numero)
        assert browser.page.h1 == [f"Demande n°\xa0{numero}"]
        assert "Données effacées aujourd’hui" in browser.page.texte
        assert f'href="/demandes/{numero}/effacement"' in browser.html
        await browser.get(f"/demandes/{numero}/impression", status=404)


async def test_what_people_type_never_becomes_markup(now: datetime) -> None:
    numero = await make_demande(now, titre="<b>x</b>", description="<script>alert(1)</script>")
    browser = await open_page(CAST.ines, numero)
    assert "<script>alert" not in browser.html
    assert "<b>x" not in browser.html


async def test_a_paper_of_an_instructeur_says_it_is_not_for_everyone(now: datetime) -> None:
    numero = await make_scene(now)
    assert "ne la remettez pas" in (await open_page(CAST.ines, numero, "/impression")).page.texte
    aida = await open_page(CAST.aida, numero, "/impression")
    assert "ne la remettez pas" not in aida.page.texte
    assert "1234412" not in aida.html


async def test_what_names_a_line_in_an_address_counts_no_private_line(now: datetime) -> None:
    numero = await make_demande(now)
    ines, aida = await signed_in(CAST.ines), await signed_in(CAST.aida)
    names = []
    for _ in range(2):
        await make_message(numero, CAST.ines, "Bonjour.", now)
        await aida.get(f"/demandes/{numero}")
        names.append(re.findall(r'id="message-([0-9a-f]+)"', aida.html))
        await make_message(numero, CAST.ines, "Entre nous.", now, is_prive=True)
    await ines.get(f"/demandes/{numero}")
    assert names[1][: len(names[0])] == names[0], "a line keeps its name"
    assert all(len(name) == 12 for name in names[1])
