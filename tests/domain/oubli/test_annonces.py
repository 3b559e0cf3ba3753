"""Three days before the data of a demande go, its author is told once, with the way to print it."""

from datetime import datetime, timedelta

from app import database
from app.domain.faits.courriels import claim_courriels
from app.domain.oubli.annonces import warn_of_erasure
from app.poste import write_courriel
from app.settings import get_settings
from tests.domain.scene import DAY
from tests.factories import list_told, make_demande


async def test_the_author_is_told_once_three_days_before(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    last = now + timedelta(days=get_settings().retention_days)
    assert await warn_of_erasure(last - 5 * DAY) == 0
    assert await warn_of_erasure(last - 3 * DAY) == 1
    assert await warn_of_erasure(last - 2 * DAY) == 0
    assert await list_told("donnees_bientot_effacees") == {"aida@exemple.fr"}
    # The hour its reader chose is not what is looked at here.
    await database.fetch("update courriels set is_waiting = false")
    [envoi] = await claim_courriels(last)
    courriel = write_courriel(envoi, get_settings())
    texte = str(courriel.get_body(("plain",)))
    assert f"/demandes/{numero}/impression" in texte.replace("=\n", "")
    assert str(numero) in str(courriel["Subject"])


async def test_closed_again_later_it_is_announced_again(now: datetime) -> None:
    numero = await make_demande(now)
    days = timedelta(days=get_settings().retention_days)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    assert await warn_of_erasure(now + days - DAY) == 1
    await database.fetch(
        "update demandes set closed_at = :closed_at where numero = :numero",
        numero=numero,
        closed_at=now + days,
    )
    assert await warn_of_erasure(now + days) == 0
    assert await warn_of_erasure(now + 2 * days - DAY) == 1
