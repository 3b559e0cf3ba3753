"""What is past its life goes, and only that."""

from datetime import datetime, timedelta

from app import database
from app.domain.acces.tentatives import DAY
from app.domain.entretien.retention import forget
from tests.courrier import write_lettre


async def test_the_address_of_a_stranger_is_forgotten_the_day_after_its_mail(now: datetime) -> None:
    for fait, adresse, sent_at in (
        ("connexion_inconnue", "hier@exemple.fr", now - DAY - timedelta(minutes=1)),
        ("connexion_inconnue", "recente@exemple.fr", now - timedelta(hours=1)),
        ("connexion_inconnue", "attend@exemple.fr", None),
        ("connexion", "agent@exemple.fr", now - 30 * DAY),
    ):
        await write_lettre(fait, adresse, now - 30 * DAY)
        await database.fetch("update courriels set sent_at = $2 where adresse = $1", adresse, sent_at)
    await forget(now)
    rows = await database.fetch("select adresse from courriels order by adresse")
    assert [row["adresse"] for row in rows] == ["agent@exemple.fr", "attend@exemple.fr", "recente@exemple.fr"]
