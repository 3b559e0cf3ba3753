"""The band of the A+ team: written, seen before it is shown, read on every page, closed without JavaScript."""

from tests.browser import Browser, signed_in
from tests.cast import CAST

URL = "/administration/bandeau"
TEXTE = "Le service du RSA est arrêté mardi."
TYPED = {"texte": TEXTE, "audience": "tous", "du_on": "2026-11-24", "au_on": "25/11/2026"}


async def test_written_read_closed_changed_and_withdrawn() -> None:
    ada, aida, dehors = await signed_in(CAST.ada), await signed_in(CAST.aida), Browser()
    await ada.get(f"{URL}/nouveau")
    await ada.submit(URL, {**TYPED, "acte": "publier", "texte": ""}, status=422)
    assert "Écrivez le texte du bandeau." in ada.page.texte and "25/11/2026" in ada.html
    await ada.submit(URL, {"acte": "publier", "texte": "Pour M. Durand, née le 12/03/1968"}, status=422)
    assert "Chacun lira ce texte, même sans compte\u00a0: retirez" in ada.page.texte
    await ada.submit(URL, {**TYPED, "acte": "apercu"}, status=200)
    assert "Rien n’est encore enregistré." in ada.page.texte and ada.html.count(TEXTE) == 2
    await aida.get("/demandes")
    assert TEXTE not in aida.html
    asked = len(aida.queries)
    await ada.submit(URL, {**TYPED, "acte": "publier"}, follow=True)
    assert "Le bandeau est enregistré" in ada.page.texte and "affiché" in ada.page.texte

    await aida.get("/demandes?onglet=cloturees")
    await aida.get("/demandes")
    assert TEXTE in aida.html and len(aida.queries) == asked
    await aida.get("/demandes/999999", status=404)
    assert TEXTE in aida.html and "/fermeture" not in aida.html
    for address in ("/", "/connexion", "/aide?q=mandat"):
        await dehors.get(address)
        assert TEXTE in dehors.html
    [closing] = [form["action"] for form in dehors.page.forms if form["action"].endswith("/fermeture")]
    await dehors.submit(closing, {}, follow=True)
    assert TEXTE not in dehors.html and 'value="mandat"' in dehors.html
    await dehors.get("/connexion")
    assert TEXTE not in dehors.html
    # Another browser still shows it; htmx takes it off the page and leaves the rest alone.
    await aida.get("/demandes")
    await aida.submit(closing, {}, htmx=True, status=200)
    assert "L’information est fermée." in aida.html and "<main" not in aida.html

    await ada.get(URL)
    [way] = [link for link in ada.page.links if link.startswith(f"{URL}/") and link != f"{URL}/nouveau"]
    await ada.get(way)
    await ada.submit(way, {"texte": "C’est réparé.", "acte": "publier"}, follow=True)
    await dehors.get("/connexion")
    assert "C’est réparé." in dehors.html
    await ada.get(way)
    await ada.submit(f"{way}/retrait", {}, follow=True)
    await dehors.get("/connexion")
    assert "C’est réparé." not in dehors.html


async def open_changed() -> tuple[Browser, str]:
    """A band that a colleague has changed once, open in its form; its address."""
    ada = await signed_in(CAST.ada)
    await ada.get(f"{URL}/nouveau")
    await ada.submit(URL, {**TYPED, "acte": "publier"}, follow=True)
    [way] = [link for link in ada.page.links if link.startswith(f"{URL}/") and link != f"{URL}/nouveau"]
    await ada.get(way)
    assert 'name="edition" value="1"' in ada.html
    await ada.submit(way, {"texte": "Écrit par un collègue.", "acte": "publier"}, follow=True)
    await ada.get(way)
    return ada, way


async def test_a_colleague_was_first() -> None:
    ada, way = await open_changed()
    await ada.submit(way, {"edition": "1", "texte": "Écrit par moi.", "acte": "publier"}, status=409)
    assert "Écrit par un collègue." in ada.html and "Écrit par moi." in ada.html


async def test_what_a_colleague_changed_is_read_before_it_is_withdrawn() -> None:
    ada, way = await open_changed()
    await ada.submit(f"{way}/retrait", {"edition": "1"}, status=409)
    assert "Un collègue a changé ce bandeau" in ada.page.texte and "Écrit par un collègue." in ada.page.texte
    await ada.submit(f"{way}/retrait", {}, follow=True)
    # Withdrawn twice, it is once; what was being written for it is given back, with the true reason.
    await ada.post(f"{way}/retrait", {"edition": "2"}, status=303)
    await ada.post(way, {**TYPED, "edition": "2", "texte": "Écrit par moi.", "acte": "publier"}, status=409)
    assert "Un collègue a retiré ce bandeau" in ada.page.texte and "Écrit par moi." in ada.page.texte


async def test_what_names_no_band_is_no_address() -> None:
    dehors = Browser()
    await dehors.get("/connexion")
    await dehors.post("/bandeau/tout/fermeture", status=404)
