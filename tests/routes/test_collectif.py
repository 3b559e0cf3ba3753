"""A compte collectif: each says who they are, and what belongs to a person never reaches its mailbox."""

from datetime import date, datetime
from uuid import uuid4

import pytest

from app import database
from app.domain.faits.courriels import PERSONNELS, Pli, post_courriels
from app.domain.groupes.absences import declare_absence, list_remplacants
from app.domain.regles.errors import Invalide, Refus
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.groupes.equipe import groupe_of
from tests.domain.scene import signed_as
from tests.factories import list_told, make_demande

SIGNATURE = "Lucie Morel, accueil de Callac"


async def make_collectif() -> int:
    """Aline’s account is the one of the reception desk."""
    await database.fetch("update agents set is_collectif = true where id = :id", id=CAST.aline)
    return CAST.aline


async def test_every_word_is_signed_invitations_included(now: datetime) -> None:
    collectif = await make_collectif()
    numero = await make_demande(now, auteur=collectif)
    accueil = await signed_in(collectif)
    url = f"/demandes/{numero}/invitations"
    await accueil.get(url)
    typed = {"groupes": [CAST.groupes.cpam], "texte": "Regardez ce dossier.", "cle": str(uuid4())}
    await accueil.submit(url, {**typed, "signature": ""}, status=422)
    assert "Ce compte est partagé" in accueil.page.texte and "Regardez ce dossier." in accueil.html
    await accueil.submit(url, {**typed, "signature": "Lucie"}, status=422)
    await accueil.submit(url, {**typed, "signature": SIGNATURE}, follow=True)
    assert SIGNATURE in accueil.page.texte
    await accueil.get(url)
    assert f'value="{SIGNATURE}"' in accueil.html, "remembered for the session"


async def test_its_mailbox_never_receives_what_belongs_to_a_person(now: datetime) -> None:
    collectif = await make_collectif()
    plis = [Pli(courriel, "aline@exemple.fr", collectif) for courriel in PERSONNELS]
    plis += [Pli(courriel, "aida@exemple.fr", CAST.aida) for courriel in PERSONNELS]
    await post_courriels(plis, contexte={}, now=now)
    for courriel in PERSONNELS:
        assert await list_told(courriel) == {"aida@exemple.fr"}
    # What belongs to the service does.
    await post_courriels([Pli("message_envoye", "aline@exemple.fr", collectif)], contexte={}, now=now)
    assert await list_told("message_envoye") == {"aline@exemple.fr"}


async def test_it_is_never_away_and_stands_in_for_nobody(now: datetime) -> None:
    collectif = await make_collectif()
    team = CAST.groupes.france_services
    aida, accueil = await signed_as(CAST.aida, now), await signed_as(collectif, now)
    assert collectif not in {one.agent for one in await list_remplacants(team, CAST.aida)}
    first = date(2026, 11, 30)
    with pytest.raises(Invalide):
        await declare_absence(
            aida,
            await groupe_of(aida, team),
            CAST.aida,
            debut=first,
            fin=first,
            remplacant=collectif,
            vu="",
            now=now,
        )
    with pytest.raises(Refus, match="compte collectif"):
        await declare_absence(
            accueil,
            await groupe_of(accueil, team),
            collectif,
            debut=first,
            fin=first,
            remplacant=None,
            vu="",
            now=now,
        )
    page = await signed_in(collectif)
    await page.get(f"/groupes/{team}/membres/{collectif}")
    assert "Déclarer une absence" not in page.page.texte
    await page.get("/profil")
    assert "M’absenter" not in page.page.texte and "Quitter ce groupe" in page.page.texte
