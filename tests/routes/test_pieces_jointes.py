"""Files over HTTP: joined, taken back, sent, downloaded; with and without JavaScript (quality S3, S6, R8)."""

import dataclasses
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app import database, visite
from app.domain.pieces_jointes import ajout
from app.routes.administration import page
from app.settings import get_settings
from app.tableur import attachment
from tests import fichiers_fabriques, fichiers_hostiles
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import Envoye, block, kept, make_piece, make_scene
from tests.domain.scene import DAY
from tests.factories import make_demande
from tests.test_antivirus import FakeClamd, knows_eicar, listening

CANARY = "Zéphyrine-Dubois-7391"
NOTE = ("note.txt", "Rendez-vous le 3 décembre.".encode(), "text/plain")
PDF = ("avis d’échéance.pdf", fichiers_fabriques.pdf(), "application/pdf")


def sent(*fichiers: tuple[str, bytes, str]) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Files as a browser posts them."""
    return [("fichiers", fichier) for fichier in fichiers]


async def join(
    browser: Browser, formulaire: UUID, *fichiers: tuple[str, bytes, str], status: int = 200, **fields: str
) -> None:
    """Files chosen with JavaScript: they leave at once, and the field comes back."""
    await browser.post(
        "/pieces-jointes",
        {"pieces_de": str(formulaire), **fields},
        files=sent(*fichiers),
        htmx=True,
        status=status,
    )


# --- Joining ----------------------------------------------------------------------------------------------------


async def test_files_are_joined_as_soon_as_chosen_and_taken_back(store: Path, now: datetime) -> None:
    browser, formulaire = await signed_in(CAST.aida), uuid4()
    await join(browser, formulaire, PDF, NOTE)
    assert "2 fichiers joints." in browser.page.texte
    assert "avis d’échéance.pdf" in browser.page.texte
    assert "27\u00a0octets" in browser.page.texte
    piece = browser.page.links[0].rpartition("/")[2]
    await join(browser, formulaire, retirer=piece)
    assert "note.txt" in browser.page.texte
    assert "avis d’échéance.pdf" not in browser.page.texte
    assert len(kept(store)) == 1


@pytest.mark.parametrize("what", fichiers_hostiles.hostiles())
async def test_a_hostile_file_is_refused_with_a_sentence_and_no_byte_left(what: str, store: Path) -> None:
    nom, contenu = fichiers_hostiles.hostiles()[what]
    browser = await signed_in(CAST.aida)
    await join(browser, uuid4(), (nom, contenu, "application/pdf"), status=422)
    assert "fr-error-text" in browser.html
    assert kept(store) == []
    assert not await database.fetch("select from pieces_jointes")


async def test_one_refusal_stands_beside_its_name_and_the_others_stay(store: Path) -> None:
    browser = await signed_in(CAST.aida)
    page = ("page.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    await join(browser, uuid4(), NOTE, page, ("vide.txt", b"", "text/plain"), status=422)
    assert "« page.pdf » : Les pages web" in browser.page.texte
    assert "« vide.txt » : Ce fichier est vide" in browser.page.texte
    assert "1 fichier joint." in browser.page.texte
    assert len(kept(store)) == 1


async def test_a_file_received_as_something_else_says_so_in_the_field(store: Path) -> None:
    browser = await signed_in(CAST.aida)
    await join(browser, uuid4(), ("note.pdf", b"bonjour", "application/pdf"))
    assert "«\u00a0note.pdf\u00a0» a été reçu comme texte" in browser.page.texte
    assert "1 fichier joint." in browser.page.texte


async def test_the_name_of_a_refused_file_is_shown_harmless(store: Path) -> None:
    browser = await signed_in(CAST.aida)
    await join(
        browser, uuid4(), ("<img src=x onerror=alert(1)>\u202efdp.exe", b"MZ" + bytes(200), "x/y"), status=422
    )
    assert "<img" not in browser.html
    assert "\u202e" not in browser.html


async def test_an_eleventh_file_is_refused_and_the_field_says_the_form_is_full(store: Path) -> None:
    browser, formulaire = await signed_in(CAST.aida), uuid4()
    eleven = [(f"{n}.txt", b"texte %d" % n, "text/plain") for n in range(11)]
    await join(browser, formulaire, *eleven, status=422)
    assert f"« 10.txt » : {ajout.TROP_NOMBREUX}" in browser.page.texte
    assert "c’est le maximum : retirez-en un pour en joindre un autre" in browser.page.texte
    assert len(kept(store)) == 10
    await join(browser, formulaire, retirer=browser.page.links[0].rpartition("/")[2])
    assert 'type="file"' in browser.html


async def test_a_file_too_heavy_is_refused_without_losing_the_others(store: Path) -> None:
    browser = await signed_in(CAST.aida)
    heavy = ("photo.jpg", bytes(10 * 1024 * 1024 + 1), "image/jpeg")
    await join(browser, uuid4(), heavy, NOTE, status=422)
    assert "« photo.jpg » : Ce fichier pèse plus de 10\u00a0Mo" in browser.page.texte
    assert len(kept(store)) == 1


async def test_a_store_away_says_so_beside_the_field(store: Path) -> None:
    block(store)
    browser = await signed_in(CAST.aida)
    await join(browser, uuid4(), NOTE, status=422)
    assert "le stockage ne répond pas : réessayez dans quelques minutes" in browser.page.texte
    assert not await database.fetch("select from pieces_jointes")


async def test_the_end_of_a_session_does_not_take_the_page_away(store: Path) -> None:
    browser = await signed_in(CAST.aida)
    await database.fetch("delete from sessions")
    await join(browser, uuid4(), NOTE, status=422)
    assert "Vous n’êtes plus connecté" in browser.page.texte
    assert "hx-redirect" not in browser.html.lower()
    assert kept(store) == []


async def test_a_page_older_than_the_session_is_not_taken_away_either(store: Path) -> None:
    browser = await signed_in(CAST.aida)
    await join(browser, uuid4(), NOTE, status=422, csrf="00.faux")
    assert "Cette page n’est plus à jour" in browser.page.texte
    assert kept(store) == []
    await browser.post("/pieces-jointes", {"csrf": "00.faux"}, files=sent(NOTE), status=403)


async def test_a_stranger_posts_nothing(store: Path) -> None:
    browser = Browser()
    await browser.get("/connexion")
    await join(browser, uuid4(), NOTE, status=422)
    assert kept(store) == []


@pytest.mark.parametrize(("who", "words"), [("elie", "pas le droit"), ("rose", "pas le droit")])
async def test_who_may_not_attach_is_told_and_nothing_is_kept(
    who: str, words: str, store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    browser = await signed_in(getattr(CAST, who))
    await join(browser, uuid4(), NOTE, status=422, pieces_demande=str(numero))
    assert words in browser.page.texte
    assert kept(store) == []
    elsewhere = await make_demande(
        now, auteur=CAST.eve, groupe=CAST.groupes.ccas_974, groupes=(CAST.groupes.cpam_974,)
    )
    await browser.post(
        "/pieces-jointes",
        {"pieces_de": str(uuid4()), "pieces_demande": str(elsewhere)},
        files=sent(NOTE),
        htmx=True,
        status=404,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\nsans nom\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="fichiers"; filename="a\x00\xff"\r\n\r\nz\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nfaux\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="fichiers"; filename="a"\r\n\r\ncoup\xc3',
        b"--x\r\n" * 5000,
        bytes(1_200_000),
    ],
)
@pytest.mark.parametrize("url", ["/pieces-jointes", "/demandes/1/messages"])
async def test_a_malformed_post_is_never_our_fault(url: str, body: bytes, store: Path) -> None:
    browser = await signed_in(CAST.aida)
    for kind in (
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "x",
    ):
        response = await browser.client.post(url, content=body, headers={"content-type": kind})
        assert 400 <= response.status_code < 500, (kind, response.status_code)
    assert kept(store) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"pieces_de": "x"},
        {"pieces_de": ""},
        {"pieces_demande": "9" * 30},
        {"retirer": "../x"},
        {"fichiers": "texte"},
    ],
)
async def test_absurd_fields_are_never_our_fault(fields: dict[str, str], store: Path) -> None:
    browser = await signed_in(CAST.aida)
    sent_fields = {"csrf": browser.csrf(), "pieces_de": str(uuid4()), **fields}
    for headers in ({"hx-request": "true"}, {}):
        response = await browser.client.post("/pieces-jointes", data=sent_fields, headers=headers)
        assert response.status_code < 500


# --- Downloading ------------------------------------------------------------------------------------------------


async def test_a_file_is_given_back_whole_as_an_attachment(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    piece = await make_piece(numero, now, fichier=Envoye("Avis d'échéance été.pdf", PDF[1]))
    ines = await signed_in(CAST.ines)
    for headers in ({}, {"range": "bytes=0-10"}, {"range": "bytes=9-1, x"}, {"accept-encoding": "gzip"}):
        response = await ines.get(f"/pieces-jointes/{piece}", headers=headers)
        assert response.content == PDF[1]
        assert response.headers["content-type"] == "application/pdf"
        assert response.headers["content-disposition"] == (
            'attachment; filename="Avis d__ch_ance _t_.pdf"; '
            "filename*=UTF-8''Avis%20d%E2%80%99%C3%A9ch%C3%A9ance%20%C3%A9t%C3%A9.pdf"
        )
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store, no-cache"
        assert "content-encoding" not in response.headers
        assert response.headers["content-length"] == str(len(PDF[1]))
        assert len(ines.queries) <= 4


def test_a_name_cannot_break_its_header() -> None:
    header = attachment('a"; filename=b\r\nSet-Cookie: x=1\\%41é.pdf')
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert header.isascii()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *[(name, 200) for name in ("aida", "aline", "ines", "idir")],
        *[(name, 403) for name in ("elie", "rose", "ada")],
        *[(name, 404) for name in ("ivan", "eve", "paul", "claude")],
    ],
)
async def test_who_gets_what(who: str, status: int, store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    piece = await make_piece(numero, now, fichier=Envoye(f"{CANARY}.txt", b"secret"))
    browser = await signed_in(getattr(CAST, who))
    response = await browser.get(f"/pieces-jointes/{piece}", status=status)
    assert ("secret" in response.text) == (status == 200)
    if status != 200:
        assert "Dubois" not in str(response.headers) + response.text


async def test_nobody_gets_what_is_gone_or_never_was(
    store: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    piece = await make_piece(await make_scene(now), now)
    ines = await signed_in(CAST.ines)
    for absurd in (uuid4(), "1", "x" * 300, "%00", f"{piece}0"):
        assert (await ines.client.get(f"/pieces-jointes/{absurd}")).status_code in {404, 405}
    await Browser().get(f"/pieces-jointes/{piece}", status=303)
    for path in kept(store):
        path.unlink()
    await ines.get(f"/pieces-jointes/{piece}", status=404)
    await make_piece(await make_scene(now), now)
    monkeypatch.setattr(visite, "clock", lambda: now + 15 * DAY)
    later = await signed_in(CAST.ines)
    await later.get(f"/pieces-jointes/{piece}", status=404)


async def test_a_store_away_is_a_french_503(store: Path, now: datetime) -> None:
    piece = await make_piece(await make_scene(now), now)
    for path in kept(store):
        path.unlink()
    block(store)
    await (await signed_in(CAST.ines)).get(f"/pieces-jointes/{piece}", status=503)


# --- The antivirus is told to administrateurs -------------------------------------------------------------------


async def test_administrateurs_know_whether_files_are_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(FakeClamd(knows_eicar)) as url:
        for clamd_url, words in (
            (None, "ne sont pas analysées par un antivirus. Leur contenu est contrôlé"),
            ("tcp://127.0.0.1:1", "reçues en ce moment attendent son avis"),
            (url, "sont analysées à leur arrivée"),
        ):
            settings = dataclasses.replace(get_settings(), clamd_url=clamd_url)
            monkeypatch.setattr(page, "get_settings", lambda settings=settings: settings)
            ada = await signed_in(CAST.ada)
            await ada.get("/administration")
            assert words in ada.page.texte
    rose = await signed_in(CAST.rose)
    await rose.get("/")
    assert "antivirus" not in rose.page.texte
