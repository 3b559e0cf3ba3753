"""`/groupes`: one's own groupes, every one for the A+ team."""

import re
from datetime import datetime

from app import database
from app.domain.listes.criteres import PAR_PAGE
from app.domain.regles.roles import Role
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.groupes.equipe import hire
from tests.factories import make_demande


async def test_a_member_sees_their_groupes_with_their_roles_there(now: datetime) -> None:
    rose = await signed_in(CAST.rose)
    await rose.get("/groupes")
    assert "CAF 22" in rose.page.texte and "France Services Callac" in rose.page.texte
    assert "CPAM 22" not in rose.page.texte
    assert "Vous y êtes responsable." in rose.page.texte
    assert "3 membres, dont 2 instructeurs et 1 responsable" in rose.page.texte
    assert len(rose.queries) <= 6


async def test_who_is_in_no_groupe_is_told_what_to_do(now: datetime) -> None:
    elie = await signed_in(CAST.elie)
    await elie.get("/groupes")
    assert "Vous n’êtes membre d’aucun groupe." in elie.page.texte


async def test_an_administratrice_finds_any_groupe(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    await ada.get("/groupes")
    assert "CCAS de Saint-Paul" in ada.page.texte
    await ada.get("/groupes?q=reunion+cpam")
    assert "CPAM 974" in ada.page.texte and "CPAM 22" not in ada.page.texte
    await ada.get("/groupes?q=zzz")
    assert "Aucun groupe ne correspond." in ada.page.texte


async def test_pages_of_groupes_are_real_links(now: datetime) -> None:
    await database.fetch(
        "insert into groupes (nom, organisme, created_at) select 'Équipe ' || n, organisme, :now"
        " from groupes, generate_series(1, 40) n where groupes.id = :like",
        now=now,
        like=CAST.groupes.caf,
    )
    ada = await signed_in(CAST.ada)
    await ada.get("/groupes?q=equipe")
    assert "/groupes?page=2&q=equipe" in ada.page.links
    await ada.get("/groupes?page=99&q=equipe")
    assert "Équipe 9" in ada.page.texte
    assert len(ada.queries) <= 6


async def test_adding_a_colleague_takes_four_clicks_from_home_at_most(now: datetime) -> None:
    await hire("Yann", CAST.groupes.cpam, now, Role.INSTRUCTEUR)
    ines = await signed_in(CAST.ines)
    clicks = 0
    await ines.get("/demandes/recues")
    for url in ("/groupes", f"/groupes/{CAST.groupes.caf}"):
        assert url in ines.page.links
        await ines.get(url)
        clicks += 1
    await ines.submit(f"/groupes/{CAST.groupes.caf}/membres", {"email": "yann@exemple.fr"}, follow=True)
    clicks += 1
    assert "Yann Le Bihan" in ines.page.texte
    assert clicks <= 4


async def test_filters_of_every_list_are_swapped_and_say_what_they_found(now: datetime) -> None:
    """htmx takes the region of the list, pushes its address, and says the count; a page that opens says none."""
    ada, rose, ines = [await signed_in(agent) for agent in (CAST.ada, CAST.rose, CAST.ines)]
    caf = f"/groupes/{CAST.groupes.caf}"
    for browser, url, region, said in (
        (ada, "/groupes?q=caf", "groupes", "groupe"),
        (ada, "/administration/agents?q=a", "administration-agents", "compte"),
        (ada, "/administration/journal?qui=a", "administration-journal", "fait"),
        (rose, f"{caf}?role=instructeur", "groupe-membres", "membre"),
        (rose, f"{caf}/demandes?tri=recentes", "groupe-demandes", "demande"),
        (ines, f"{caf}/reponses?q=dossier", "groupe-reponses", "réponse"),
        (ines, "/procedures?q=caf", "procedures", "sujet"),
        (ines, "/aide?q=mandat", "aide", "résultat"),
        (ada, "/statistiques?periode=12-mois", "statistiques", "Toutes les données"),
        (ada, "/deploiement?manques=1", "deploiement", "département"),
    ):
        await browser.get(url)
        assert "data-annonce" not in browser.html
        form = re.search(r'<form class="(ap-filtres|ap-carte)"[^>]*method="get"[^>]*>', browser.html)
        assert form and f'data-hx-get="{url.partition("?")[0]}"' in form[0]
        assert f'<div id="{region}" data-hx-target="#{region}" data-hx-select="#{region}"' in browser.html
        await browser.get(url, htmx=True)
        assert f'id="{region}"' in browser.html
        [words] = re.findall(r"data-annonce>([^<]*)<", browser.html)
        assert said in words


async def test_a_search_s_pages_are_swapped(now: datetime) -> None:
    for _ in range(PAR_PAGE + 1):
        await make_demande(now, titre="Canari")
    aida = await signed_in(CAST.aida)
    await aida.get("/demandes/recherche?q=canari&page=2")
    assert 'data-hx-get="/demandes/recherche?q=canari&amp;page=1"' in aida.html
    await aida.get("/demandes/recherche?q=canari", htmx=True)
    assert "data-annonce>26 demandes trouvées" in aida.html
