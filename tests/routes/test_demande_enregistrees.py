"""Saved replies in an answer: found and inserted by its form, JavaScript or not; nothing typed is lost."""

from datetime import datetime
from typing import Any

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import make_demande, make_invitation

TYPED = "Bonjour, voici où nous en sommes."


async def keep_reponse(groupe: int, titre: str, texte: str, now: datetime) -> int:
    row = await database.fetch_one(
        """
        insert into reponses (groupe, titre, texte, created_by, created_at)
        values (:groupe, :titre, :texte, :agent, :now) returning id
        """,
        **{"groupe": groupe, "titre": titre, "texte": texte, "agent": CAST.idir, "now": now},
    )
    assert row is not None
    return int(row["id"])


async def press(browser: Browser, numero: int, *, htmx: bool = False, **fields: Any) -> str:
    """The form of the answer, sent by one of its buttons; what comes back."""
    if "acte" not in browser.html:
        await browser.get(f"/demandes/{numero}")
    [form] = [f for f in browser.page.forms if f["values"].get("acte") == ["message"]]
    sent = {
        name: values for name, values in form["values"].items() if name not in {"inserer", "enregistrees"}
    }
    fields = {"texte": TYPED, **fields}
    response = await browser.post(f"/demandes/{numero}/messages", {**sent, **fields}, htmx=htmx, status=200)
    return str(response.text)


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_reply_is_found_then_stands_after_what_was_typed(htmx: bool, now: datetime) -> None:
    numero = await make_demande(now)
    await keep_reponse(CAST.groupes.caf, "Délai", "Comptez trois semaines.", now)
    wanted = await keep_reponse(
        CAST.groupes.caf, "Dossier complet", "[organisme] a tout reçu pour la demande [numéro]. [prénom]", now
    )
    other = await keep_reponse(CAST.groupes.cpam, "De la CPAM", "Ailleurs.", now)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    assert "Comptez trois semaines" not in ines.html
    shown = await press(ines, numero, htmx=htmx, enregistrees="1")
    assert "Comptez trois semaines" in shown and "De la CPAM" not in shown and f">{TYPED}" not in shown
    assert TYPED in shown and shown.count("data-focus") == 1 and 'id="champ-cherche"' in shown
    found = await press(ines, numero, htmx=htmx, enregistrees="1", cherche="COMPLET recu")
    assert "Dossier complet" in found and "Comptez trois semaines" not in found
    written = await press(ines, numero, htmx=htmx, inserer=wanted, cherche="complet", is_traitee="1")
    said = f"{TYPED}\n\nCAF 22 a tout reçu pour la demande {numero}. Inès</textarea>"
    assert said in written.replace("\r\n", "\n") and written.count("data-focus") == 1
    assert 'id="champ-cherche"' not in written and 'name="is_traitee" value="1" checked' in written
    assert (
        "data-annonce>La réponse est insérée" in written if htmx else "La réponse est insérée" not in written
    )
    # Another groupe’s reply is as one that does not exist.
    assert "Ailleurs." not in await press(ines, numero, htmx=htmx, inserer=other)
    rows = await database.fetch("select id from messages where demande = :numero", numero=numero)
    assert rows == [], "nothing has left"


async def test_the_enter_key_searches_while_replies_are_shown(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    first = (
        ines.html.partition('class="ap-ecrire"')[2].partition('type="submit"')[2].partition("</button>")[0]
    )
    assert "name=" not in first and "><span>Envoyer<span" in first
    shown = await press(ines, numero, enregistrees="1")
    first = shown.partition('class="ap-ecrire"')[2].partition('type="submit"')[2].partition("</button>")[0]
    assert 'name="enregistrees"' in first and first.endswith(">Chercher")
    assert "écrivez la première" in shown


async def test_a_long_list_says_how_many_more_there_are(now: datetime) -> None:
    numero = await make_demande(now)
    for rang in range(12):
        await keep_reponse(CAST.groupes.caf, f"Titre {rang:02}", "Texte.", now)
    shown = await press(await signed_in(CAST.ines), numero, enregistrees="1")
    assert "12 réponses, les 8 premières sont ici" in shown and "Titre 08" not in shown


async def test_a_compte_collectif_is_called_by_who_signs(now: datetime) -> None:
    numero = await make_demande(now)
    wanted = await keep_reponse(CAST.groupes.caf, "Salut", "Bien à vous, [prénom]", now)
    await database.fetch("update agents set is_collectif = true where id = :ines", ines=CAST.ines)
    shown = await press(
        await signed_in(CAST.ines), numero, inserer=wanted, signature="Lucie Morel, accueil", texte=""
    )
    assert ">\nBien à vous, Lucie</textarea>" in shown and 'value="Lucie Morel, accueil"' in shown


@pytest.mark.parametrize("who", ["aida", "elie"])
async def test_who_does_not_instruct_has_none(who: str, now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser = await signed_in(getattr(CAST, who))
    await browser.get(f"/demandes/{numero}")
    assert "Réponses enregistrées" not in browser.page.texte
    [form] = [f for f in browser.page.forms if f["values"].get("acte") == ["message"]]
    await browser.post(f"/demandes/{numero}/messages", {**form["values"], "enregistrees": "1"}, status=403)
