"""The commands of `python -m app`: each says itself with `--help`."""

import asyncio
import contextlib
import dataclasses
import json
import signal
import sys
import warnings
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import click
import uvicorn

from app import database, horloge, migrate, sauvegarde
from app.chiffrement import Trousseau
from app.coffre import CoffreIndisponible
from app.domain.administration.clefs import reseal_columns, reseal_files
from app.domain.administration.premier import create_premier, lift_by_command
from app.domain.administration.sante import read_sante
from app.domain.faits.journal import check_journal
from app.domain.faits.rejets import replay_set_aside
from app.domain.faits.tableau import write_tableau
from app.domain.figures.jetons import create_jeton, revoke_jeton
from app.domain.oubli import bases
from app.domain.oubli.menages import LIBELLES, count_all
from app.domain.pieces_jointes.depot import prepare_store
from app.domain.regles.errors import Conflit, Invalide
from app.domain.territoire.referentiel import load_referentiel
from app.processus import Processus, is_taken
from app.reglages import write_reglages
from app.settings import Misconfigured, get_settings

Work = Callable[[], Coroutine[Any, Any, None]]


@click.group()
def main() -> None:
    """Administration+."""
    # The folder library of the embedded server makes a remark for those who write services: it would puzzle a demo.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    try:
        get_settings()
    except Misconfigured as error:
        raise click.ClickException(f"Refusing to start: {error}") from error


def _run(work: Work) -> None:
    """Run this work; what an operator can mend is said in a sentence, without a traceback."""
    try:
        asyncio.run(work())
    except database.Indisponible as error:
        raise click.ClickException(f"{error}. Is it running, and is DATABASE_URL right?") from error
    except (migrate.SchemaBehind, migrate.MigrationFailed, bases.BaseRestauree) as error:
        raise click.ClickException(str(error)) from error
    except CoffreIndisponible as error:
        raise click.ClickException(f"The store of files cannot be reached: {error}. Run it again.") from error


def _run_with_base(work: Work) -> None:
    """The same, with a small pool."""

    async def with_base() -> None:
        await database.open_pool(database.find_database_url(get_settings()), 4)
        try:
            await work()
        finally:
            await database.close_pool()

    _run(with_base)


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    """What a verb refuses is said in its own words."""
    try:
        yield
    except Invalide as error:
        raise click.ClickException(" ".join(error.erreurs.values())) from error
    except Conflit as error:
        raise click.ClickException(error.phrase) from error


@main.command("migrate")
def migrate_command() -> None:
    """Bring the schema and the referentiel up to date, then sweep. Safe to run twice, and while the site runs."""

    _run_with_base(_migrate)


async def _migrate(*, is_restored: bool = False) -> None:
    await migrate.migrate(database.find_database_url(get_settings()))
    await load_referentiel()
    await prepare_store()
    await bases.settle(horloge.now(), is_restored=is_restored)


@main.command("forget")
@click.option("--dry-run", is_flag=True, help="say what would go, by kind and count, and touch nothing")
@click.option(
    "--restored", is_flag=True, help="this base is a copy: its sessions, links and unsent mails are void"
)
def forget_command(dry_run: bool, restored: bool) -> None:
    """Erase all that has stayed its time, as the worker does every hour."""

    async def work() -> None:
        await migrate.check_schema()
        now = horloge.now()
        if not dry_run:
            await bases.settle(now, is_restored=restored)
        for genre, nombre in (await count_all(now)).items():
            click.echo(f"{nombre:>8}  {LIBELLES[genre]}")

    _run_with_base(work)


@main.command("create-administrateur")
@click.argument("email")
@click.option("--departement", default="75", help="code: whose clock this agent lives on")
def create_administrateur_command(email: str, departement: str) -> None:
    """Make the first account of an empty base, and send it a sign-in link; the others are made by the pages."""

    async def work() -> None:
        await migrate.check_schema()
        with _said_plainly():
            await create_premier(email, departement, horloge.now())
        click.echo("Le compte est créé. Son lien de connexion part par courriel dès que « worker » tourne.")

    _run_with_base(work)


@main.command("end-second-factor")
@click.argument("email")
def end_second_factor_command(email: str) -> None:
    """Forget the second factor of an account, when the only administrateur has lost their phone and their codes."""

    async def work() -> None:
        await migrate.check_schema()
        with _said_plainly():
            await lift_by_command(email, horloge.now())
        click.echo("La double authentification est levée. La personne est prévenue par courriel.")

    _run_with_base(work)


@main.command("seed")
def seed_command() -> None:
    """Migrate, and write a small believable territory. Safe to run twice; never in production: people are real."""
    if get_settings().is_production:
        raise click.ClickException("The seed is not for production: invented people could sign in.")

    async def work() -> None:
        await _migrate()
        await _sow()

    _run_with_base(work)


async def _sow() -> None:
    from app.seed import seed  # noqa: PLC0415 - the image of production does not hold it

    await seed()


@main.command("web")
@click.option("--host", default="127.0.0.1")
@click.option("--workers", default=1, help="processes")
def web_command(host: str, workers: int) -> None:
    """Serve the site, once the base is known to answer."""
    # Each process of the site asks the same when it starts, and could only say no with a traceback.
    _run_with_base(_check)
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        http="app.serveur:Protocole",
        loop="app.guichet:Boucle",
        host=host,
        port=get_settings().port,
        workers=workers,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=30,
    )


@main.command("worker")
def worker_command() -> None:
    """Run the sweeps: mails, retention, reminders."""
    # The worker alone needs the queue, which takes a second to load: the other commands need not spend it.
    from app.tasks import LANES, TIMETABLE  # noqa: PLC0415
    from app.tasks.ouvrier import run_worker  # noqa: PLC0415

    _run(lambda: run_worker(LANES, TIMETABLE))


@main.command("check")
@click.option(
    "--json", "is_detailed", is_flag=True, help="every fact, and the codes of what would hurt people"
)
def check_command(is_detailed: bool) -> None:
    """Say whether this configuration and this base may serve, and whether the journal holds; exit 1 otherwise."""
    if is_detailed:
        _run_with_base(_check_in_detail)
        return

    async def work() -> None:
        await _check()
        constat = await check_journal()
        if constat.rupture is not None:
            raise click.ClickException(
                f"The journal was tampered with: line {constat.ligne} ({constat.rupture.value})."
            )
        click.echo(f"journal: {constat.lignes} lines, rank {constat.dernier_rang}, head {constat.tete}")

    _run_with_base(work)
    click.echo("ok")


async def _check_in_detail() -> None:
    sante, constat = await read_sante(horloge.now()), await check_journal()
    troubles = sante.troubles + (["journal"] if constat.rupture else [])
    said = {"troubles": troubles, **dataclasses.asdict(sante), "journal": dataclasses.asdict(constat)}
    click.echo(json.dumps(said, default=str, ensure_ascii=False, indent=2))
    if troubles:
        sys.exit(1)


async def _check() -> None:
    await migrate.check_schema()
    await bases.require_swept(horloge.now())


@main.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--keep", default=0, help="erase older copies of this folder beyond this many; 0 keeps all")
def backup_command(folder: Path, keep: int) -> None:
    """Copy the base in a sealed file of FOLDER; files are not copied (they live fifteen days)."""
    settings = get_settings()
    try:
        made = sauvegarde.backup(
            database.find_database_url(settings), Trousseau(settings.data_keys), folder, horloge.now()
        )
    except sauvegarde.SauvegardeImpossible as error:
        raise click.ClickException(str(error)) from error
    for old in sorted(folder.glob(f"aplus-*{sauvegarde.SUFFIX}"))[:-keep] if keep > 0 else []:
        old.unlink()
    click.echo(f"{made} ({made.stat().st_size // 1024} Kio)")


@main.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore_command(file: Path) -> None:
    """Put a copy back in the empty base of DATABASE_URL, then erase again what should be; sessions and links end."""
    settings = get_settings()
    try:
        sauvegarde.restore(database.find_database_url(settings), Trousseau(settings.data_keys), file)
    except sauvegarde.SauvegardeImpossible as error:
        raise click.ClickException(str(error)) from error
    _run_with_base(lambda: _migrate(is_restored=True))
    click.echo("restored, migrated and swept")


@main.command("rotate-keys")
def rotate_keys_command() -> None:
    """Seal again with the first of DATA_KEYS all that a former key sealed. Safe to stop and to run again."""

    async def work() -> None:
        await migrate.check_schema()
        for what, bilan in (("columns", await reseal_columns()), ("files", await reseal_files())):
            click.echo(f"{bilan.scelles:>8}  {what} sealed again, {bilan.illisibles} that no key opens")

    _run_with_base(work)


@main.command("reglages")
def reglages_command() -> None:
    """Print docs/reglages.md: every environment variable."""
    print(write_reglages(), end="")


@main.command("faits")
def faits_command() -> None:
    """Print docs/faits.md: everything that can happen, and who is told."""
    print(write_tableau(), end="")


@main.command("jeton")
@click.argument("nom")
@click.option("--organisme", default=None, help="code: caf, cpam")
@click.option("--departement", default=None, help="code: 22")
@click.option("--webhook", default="", help="address told of demandes sent, traitées, closed")
def jeton_command(nom: str, organisme: str | None, departement: str | None, webhook: str) -> None:
    """Make a token for a program of an operator; it is shown once."""

    async def work() -> None:
        with _said_plainly():
            made = await create_jeton(
                nom,
                horloge.now(),
                organisme=organisme,
                departement=departement,
                webhook_url=webhook,
                is_https_required=get_settings().is_production,
            )
        click.echo(f"jeton {made.id}: {made.jeton}" + (f"\nsecret: {made.secret}" if made.secret else ""))

    _run_with_base(work)


@main.command("revoquer-jeton")
@click.argument("jeton", type=int)
def revoke_command(jeton: int) -> None:
    """End a token: it opens nothing and is told nothing more."""

    async def work() -> None:
        if not await revoke_jeton(jeton, horloge.now()):
            raise click.ClickException("no living token has this number")

    _run_with_base(work)


@main.command("rejouer-courriels")
def replay_command() -> None:
    """Try again the mails that were set aside and kept their content."""

    async def work() -> None:
        click.echo(f"{await replay_set_aside(horloge.now())} mails will be tried again")

    _run_with_base(work)


@main.command("demo")
def demo_command() -> None:
    """Start the embedded PostgreSQL, migrate, seed, serve site and worker, and say how to sign in."""
    settings = get_settings()
    if settings.is_production:
        raise click.ClickException("The demo is not for production.")
    if is_taken(settings.port):
        raise click.ClickException(
            f"Le port {settings.port} est déjà pris. Choisissez-en un autre : PORT=8001 bin/demo"
        )
    processus = Processus(database.find_database_url(settings))
    _run_with_base(_migrate)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        # The site takes as long to start as the territory to be written; the worker finds it whole.
        processus.start("web")
        _run_with_base(_sow)
        processus.start("worker")
    except BaseException:
        processus.stop()
        raise
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: processus.stop())
    address = f"http://127.0.0.1:{settings.port}"
    if processus.wait_until_ready(f"{address}/sante/pret"):
        from app.seed import PERSONNES  # noqa: PLC0415 - the image of production does not hold it

        click.echo(
            "\nConnectez-vous avec l’une de ces adresses, puis ouvrez le courriel reçu sur /_courriels. "
            "Quand un code\nde téléphone est demandé, la page le donne\u00a0:\n"
        )
        click.echo("\n".join(f"  {email:<42} {description}" for email, description in PERSONNES))
        click.echo(f"\nPrêt : {address}", nl=True)
        sys.stdout.flush()
    sys.exit(processus.wait())


if __name__ == "__main__":
    main()
