"""What the pages of errors give back: the text one had typed, why, and a way on."""

from datetime import datetime
from typing import Any

import pytest

from app import database
from app.database import Indisponible
from app.domain.echanges import departs
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import make_demande

TEXTE = "Voici les pièces demandées, avec leur explication."


async def write(numero: int) -> tuple[Browser, dict[str, list[str]]]:
    """Aïda on the page of the demande, and what its form of an answer holds."""
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}")
    [form] = [f for f in aida.page.forms if f["values"].get("acte") == ["message"]]
    return aida, {**form["values"], "texte": [TEXTE]}


async def count_messages(numero: int) -> int:
    """How many have left in this demande."""
    [row] = await database.fetch("select count(*) as n from messages where demande = :numero", numero=numero)
    return int(row["n"])


def part(nom: str, contenu: str, fichier: str = "") -> str:
    """One part of a form with files."""
    filename = f'; filename="{fichier}"' if fichier else ""
    return f'--limite\r\nContent-Disposition: form-data; name="{nom}"{filename}\r\n\r\n{contenu}'


async def post_announced(
    browser: Browser, numero: int, parts: list[str], announced: int, *, htmx: bool = False
) -> Any:
    """Post the beginning of a form that announces so many bytes."""
    headers = {"content-type": "multipart/form-data; boundary=limite", "content-length": str(announced)}
    url, content = f"/demandes/{numero}/messages", "\r\n".join(parts).encode()
    response = await browser._send("POST", url, htmx=htmx, content=content, headers=headers)
    browser._read(response, htmx=htmx)
    return response


async def test_files_too_large_altogether_leave_the_text_to_be_sent_again(now: datetime) -> None:
    numero = await make_demande(now)
    aida, typed = await write(numero)
    parts = [part(nom, valeur) for nom, valeurs in typed.items() for valeur in valeurs]
    parts.append(part("fichiers", "%PDF-1.4 et la suite qui arrive", "video.pdf"))
    refused = await post_announced(aida, numero, parts, 300_000_000)
    assert refused.status_code == 413
    assert "Vos fichiers, tous ensemble, dépassent 220 Mo\u00a0: rien n’est envoyé." in aida.page.texte
    assert "Les fichiers, eux, sont à joindre de nouveau." in aida.page.texte
    assert f"/demandes/{numero}" in aida.page.links and "Se déconnecter" in aida.page.texte
    # Without its files, the text does not leave: it is in its form again.
    await aida.submit(f"/demandes/{numero}/messages", status=422)
    assert TEXTE in aida.html and await count_messages(numero) == 0


async def test_with_scripts_the_page_stays_and_takes_the_reason_from_the_answer(now: datetime) -> None:
    numero = await make_demande(now)
    aida, typed = await write(numero)
    parts = [part("csrf", typed["csrf"][0]), part("fichiers", "%PDF-1.4", "video.pdf")]
    refused = await post_announced(aida, numero, parts, 300_000_000, htmx=True)
    assert refused.headers["hx-push-url"] == "false" and "hx-retarget" not in refused.headers
    assert '<div id="erreur-raison"><p>Vos fichiers' in aida.html


async def test_a_text_too_long_is_said_to_be_and_the_way_on_is_the_demande(now: datetime) -> None:
    numero = await make_demande(now)
    aida, typed = await write(numero)
    parts = [part("csrf", typed["csrf"][0]), part("texte", TEXTE), part("procedure", "b" * 1_100_000)]
    parts.append("--limite--\r\n")
    refused = await post_announced(aida, numero, parts, len("\r\n".join(parts)))
    assert refused.status_code == 413
    assert "Votre texte dépasse un million de caractères\u00a0: rien n’est envoyé." in aida.page.texte
    assert "Renvoyer" not in aida.page.texte and TEXTE in aida.page.texte
    assert f"/demandes/{numero}" in aida.page.links
    assert "Raccourcissez le texte." in aida.page.texte and "fichiers" not in aida.page.texte


async def test_nothing_is_given_back_of_a_form_that_is_not_ours(now: datetime) -> None:
    numero = await make_demande(now)
    aida, _ = await write(numero)
    parts = [part("csrf", "ailleurs"), part("texte", TEXTE), part("fichiers", "%PDF-1.4", "video.pdf")]
    refused = await post_announced(aida, numero, parts, 300_000_000)
    assert refused.status_code == 413
    assert TEXTE not in aida.html and "Renvoyer" not in aida.page.texte


async def test_a_fault_of_ours_loses_no_text(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    numero = await make_demande(now)
    aida, typed = await write(numero)

    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(departs, "send", fail)
        await aida.post(f"/demandes/{numero}/messages", typed, status=500)
    assert TEXTE in aida.page.texte and f"/demandes/{numero}" in aida.page.links
    await aida.submit(f"/demandes/{numero}/messages")
    assert await count_messages(numero) == 1


async def test_a_page_that_could_not_come_is_asked_for_again_by_a_link(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    aida = await signed_in(CAST.aida)

    async def away(*_: Any, **__: Any) -> Any:
        raise Indisponible("away")

    with monkeypatch.context() as down:
        down.setattr(database, "fetch_one", away)
        down.setattr(database, "fetch", away)
        await aida.get("/demandes?onglet=cloturees&page=2", status=503)
        assert "/demandes?onglet=cloturees&page=2" in aida.page.links
        await aida.get("//ailleurs.exemple/", status=503)
        assert "//ailleurs.exemple/" not in aida.page.links
