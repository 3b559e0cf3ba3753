"""What is past its life goes, and only that."""

from datetime import datetime, timedelta

from app import database
from app.domain.acces.tentatives import DAY
from app.domain.faits.fait import happened
from app.domain.faits.journal import check_journal, seal_lines
from app.domain.faits.registre import Fait
from app.domain.oubli.genres import GenreRangee, count, sweep
from app.domain.oubli.menages import forget_rows
from tests.cast import CAST
from tests.courrier import write_lettre
from tests.factories import make_demande


async def test_the_address_of_a_stranger_is_forgotten_the_day_after_its_mail(now: datetime) -> None:
    for fait, adresse, sent_at in (
        ("connexion_inconnue", "hier@exemple.fr", now - DAY - timedelta(minutes=1)),
        ("connexion_inconnue", "recente@exemple.fr", now - timedelta(hours=1)),
        ("connexion_inconnue", "attend@exemple.fr", None),
        ("connexion", "agent@exemple.fr", now - 30 * DAY),
    ):
        await write_lettre(fait, adresse, now - 30 * DAY)
        await database.fetch(
            "update courriels set sent_at = :sent_at where adresse = :adresse",
            adresse=adresse,
            sent_at=sent_at,
        )
    await forget_rows(now)
    rows = await database.fetch("select adresse from courriels order by adresse")
    assert [row["adresse"] for row in rows] == ["agent@exemple.fr", "attend@exemple.fr", "recente@exemple.fr"]


async def test_mails_go_after_ninety_days_even_those_that_never_left(now: datetime) -> None:
    await write_lettre("connexion", "attend@exemple.fr", now - 89 * DAY)
    for adresse, sent_at, failed_at in (
        ("partie@exemple.fr", now - 91 * DAY, None),
        ("refusee@exemple.fr", None, now - 91 * DAY),
        ("recente@exemple.fr", now - 89 * DAY, None),
        ("oubliee@exemple.fr", None, None),
    ):
        await write_lettre("connexion", adresse, now - 100 * DAY)
        await database.fetch(
            "update courriels set sent_at = :sent_at, failed_at = :failed_at where adresse = :adresse",
            adresse=adresse,
            sent_at=sent_at,
            failed_at=failed_at,
        )
    assert await count(GenreRangee.COURRIELS, now) == 3
    await forget_rows(now)
    rows = await database.fetch("select adresse from courriels order by adresse")
    assert [row["adresse"] for row in rows] == ["attend@exemple.fr", "recente@exemple.fr"]


async def test_the_journal_keeps_twelve_months_and_its_seals_hold_from_the_oldest_line(now: datetime) -> None:
    for at in (now - 500 * DAY, now - 400 * DAY, now - 300 * DAY, now - 450 * DAY, now):
        await happened(Fait.CONNEXION, agent=CAST.aida, now=at)
    await seal_lines()
    await forget_rows(now)
    rows = await database.fetch("select at from journal where fait = 'connexion' order by id")
    # A line written late stands behind a younger one: it waits for it, so that the chain has no hole.
    assert [row["at"] for row in rows] == [now - 300 * DAY, now - 450 * DAY, now]
    assert (await check_journal()).rupture is None


async def test_two_years_after_it_was_closed_an_account_loses_its_name_and_keeps_its_acts(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    gone_at = now - 732 * DAY
    await database.fetch(
        "update agents set deactivated_at = :deactivated_at where id = :agent",
        agent=CAST.aida,
        deactivated_at=gone_at,
    )
    await database.fetch(
        "update agents set deactivated_at = :deactivated_at where id = :agent",
        agent=CAST.ines,
        deactivated_at=now - 700 * DAY,
    )
    await forget_rows(now)
    await forget_rows(now)
    row = await database.fetch_one("select * from agents where id = :agent", agent=CAST.aida)
    assert row is not None
    assert (row["prenom"], row["nom"], row["telephone"], row["fonction"]) == ("Compte", "supprimé", "", "")
    assert row["email"] == f"compte-{CAST.aida}@efface.invalid"
    kept = await database.fetch_one("select auteur from demandes where numero = :numero", numero=numero)
    assert kept is not None and kept["auteur"] == CAST.aida
    other = await database.fetch_one("select email from agents where id = :agent", agent=CAST.ines)
    assert other is not None and other["email"] == "ines@exemple.fr"


async def test_a_procedure_that_nobody_accepted_goes_after_ninety_days(now: datetime) -> None:
    for texte, proposee_at, acceptee_at in (
        ("ancienne", now - 91 * DAY, None),
        ("récente", now - 89 * DAY, None),
        ("acceptée", now - 400 * DAY, now - 399 * DAY),
    ):
        await database.fetch(
            "insert into procedures (groupe, texte, proposee_at, acceptee_at)"
            " values (:groupe, :texte, :proposee_at, :acceptee_at)",
            groupe=CAST.groupes.caf,
            texte=texte,
            proposee_at=proposee_at,
            acceptee_at=acceptee_at,
        )
    await forget_rows(now)
    rows = await database.fetch("select texte from procedures order by proposee_at")
    assert [row["texte"] for row in rows] == ["acceptée", "récente"]


async def test_every_kind_counts_before_it_takes(now: datetime) -> None:
    """The dry run reads the predicate of the sweep: each kind can be read on this schema."""
    for genre in GenreRangee:
        assert await count(genre, now) == await sweep(genre, now)
        assert await count(genre, now) == 0


async def test_a_past_band_goes_a_year_after_its_last_day(now: datetime) -> None:
    today = now.date()
    for texte, days in (("ancien", 367), ("de l’an dernier", 365), ("du jour", 0)):
        await database.fetch(
            """insert into bandeaux (cle, texte, audience, du_on, au_on, created_by)
            values (gen_random_uuid(), :texte, 'tous', :day, :day, :ada)""",
            texte=texte,
            day=today - timedelta(days=days),
            ada=CAST.ada,
        )
    assert await count(GenreRangee.BANDEAUX, now) == 1
    await forget_rows(now)
    rows = await database.fetch("select texte from bandeaux order by id")
    assert [row["texte"] for row in rows] == ["de l’an dernier", "du jour"]
