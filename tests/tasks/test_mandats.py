"""SMS leave once, wait when the provider is away, fail when it says no."""

from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from app import database, horloge
from app.domain import mandats
from app.domain.faits.envois import EnvoiRefuse
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.tasks import mandats as sweeps
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import list_told


class Fournisseur:
    """Takes SMS, or says why not."""

    def __init__(self, refus: EnvoiRefuse | None = None) -> None:
        self.refus = refus
        self.taken: list[tuple[str, str]] = []

    async def send(self, numero: str, texte: str) -> str:
        if self.refus:
            raise self.refus
        self.taken.append((numero, texte))
        return f"m{len(self.taken)}"


@pytest.fixture
def fournisseur(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Fournisseur:
    played = Fournisseur()

    monkeypatch.setattr(horloge, "now", lambda: now)
    monkeypatch.setattr(sweeps, "open_transport", lambda _: played)
    return played


async def ask(now: datetime) -> UUID:
    """Aïda asks by SMS."""
    formulaire = uuid4()
    await mandats.request_sms(
        await signed_as(CAST.aida, now),
        formulaire=formulaire,
        numero="06 12 34 56 78",
        structure="CCAS",
        zone=ZoneInfo("Europe/Paris"),
        now=now,
    )
    return formulaire


async def etat(formulaire: UUID) -> str:
    mandat = await mandats.find_for_form(CAST.aida, formulaire)
    assert mandat is not None
    return mandat.etat


async def test_an_sms_leaves_once(fournisseur: Fournisseur, now: datetime) -> None:
    await ask(now)
    await sweeps.send_sms({})
    await sweeps.send_sms({})
    ((numero, texte),) = fournisseur.taken
    assert numero == "+33612345678" and "CCAS" in texte


async def test_a_provider_away_is_tried_again(fournisseur: Fournisseur, now: datetime) -> None:
    formulaire = await ask(now)
    fournisseur.refus = EnvoiRefuse("http 503", is_permanent=False)
    await sweeps.send_sms({})
    (row,) = await database.fetch("select due_at, failed_at, claimed_until from sms")
    assert row["due_at"] > now and row["failed_at"] is None and row["claimed_until"] is None
    assert await etat(formulaire) == "en_attente"
    fournisseur.refus = None
    await database.fetch("update sms set due_at = :now", now=now)
    await sweeps.send_sms({})
    assert len(fournisseur.taken) == 1


async def test_a_number_refused_is_said_to_who_asked(fournisseur: Fournisseur, now: datetime) -> None:
    formulaire = await ask(now)
    fournisseur.refus = EnvoiRefuse("http 400", is_permanent=True)
    await sweeps.send_sms({})
    await sweeps.send_sms({})
    assert await etat(formulaire) == "echec"
    assert await list_told("mandat_sms_repondu") == {"aida@exemple.fr"}
    assert (
        "n’a pas pu être remis"
        in mandats.check_saisie(
            mandats.MandatSaisi(nature=NatureMandat.SMS),
            now,
            ZoneInfo("Europe/Paris"),
            etat_sms=EtatMandat.ECHEC,
        )["sms_numero"]
    )


async def test_an_sms_that_cannot_be_read_is_said_to_who_asked(
    fournisseur: Fournisseur, now: datetime
) -> None:
    """Its key is lost: it is set aside alone, and the next round of the hour ends its mandat."""
    formulaire = await ask(now)
    await database.fetch("update sms set contenu_scelle = 'lost'")
    await sweeps.send_sms({})
    for _ in range(2):
        await sweeps.end_mandats({})
    assert await etat(formulaire) == "echec" and fournisseur.taken == []
    assert await list_told("mandat_sms_repondu") == {"aida@exemple.fr"}


async def test_after_twelve_hours_it_is_over(fournisseur: Fournisseur, now: datetime) -> None:
    formulaire = await ask(now)
    await database.fetch("update sms set created_at = created_at - interval '12 hours'")
    fournisseur.refus = EnvoiRefuse("TimeoutError", is_permanent=False)
    await sweeps.send_sms({})
    assert await etat(formulaire) == "echec"


async def test_the_ends_are_safe_to_run_twice(fournisseur: Fournisseur, now: datetime) -> None:
    formulaire = await ask(now)
    await database.fetch("update mandats set recorded_at = recorded_at - interval '7 days'")
    for _ in range(2):
        await sweeps.end_mandats({})
    assert await etat(formulaire) == "expire"
    assert await list_told("mandat_sms_repondu") == {"aida@exemple.fr"}
