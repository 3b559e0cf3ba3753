import asyncio
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from app.chiffrement import Illisible, Trousseau
from app.coffre import MARKER, Coffre, CoffreIndisponible, ContenuAbsent, Depot
from app.domain.fichiers import FichierRefuse, check_fichier
from tests.fichiers_hostiles import hostiles

OLD = bytes(range(32))
NEW = bytes(range(32, 64))
SECRET = b"NIR 269054958815780 " * 50


def coffre_in(folder: Path, keys: dict[str, bytes] | None = None) -> Coffre:
    coffre = Coffre(folder.as_uri(), Trousseau(keys or {"k1": OLD}))
    coffre.prepare()
    return coffre


async def depots_of(coffre: Coffre) -> list[Depot]:
    return [depot async for depot in coffre.list_depots()]


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != MARKER]


def test_gives_back_what_was_put_and_nothing_once_erased(tmp_path: Path) -> None:
    async def story() -> None:
        coffre = coffre_in(tmp_path / "pièces jointes")
        cle = coffre.new_cle()
        await coffre.put(cle, SECRET)
        assert await coffre.get(cle) == SECRET
        [depot] = await depots_of(coffre)
        assert depot.cle == cle and depot.taille > len(SECRET)
        assert abs(depot.stored_at - datetime.now(UTC)) < timedelta(minutes=1)
        await coffre.delete(cle)
        await coffre.delete(cle)
        with pytest.raises(ContenuAbsent):
            await coffre.get(cle)
        assert await depots_of(coffre) == []
        assert files_under(tmp_path) == []

    asyncio.run(story())


def test_an_empty_and_a_large_content_are_kept(tmp_path: Path) -> None:
    async def story() -> None:
        coffre = coffre_in(tmp_path)
        for contenu in (b"", os.urandom(20 << 20)):
            cle = coffre.new_cle()
            await coffre.put(cle, contenu)
            assert await coffre.get(cle) == contenu

    asyncio.run(story())


def test_names_are_random_and_long() -> None:
    names = {Coffre.new_cle() for _ in range(1000)}
    assert len(names) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{40}", name) for name in names)


def test_nothing_can_be_read_on_the_disk(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "pieces"
    coffre = coffre_in(folder)
    asyncio.run(coffre.put(coffre.new_cle(), SECRET))
    [path] = files_under(folder)
    assert b"NIR" not in path.read_bytes()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    coffre_in(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_two_files_cannot_be_exchanged(tmp_path: Path) -> None:
    async def story() -> None:
        coffre = coffre_in(tmp_path)
        one, other = coffre.new_cle(), coffre.new_cle()
        await coffre.put(one, b"un")
        await coffre.put(other, b"autre")
        (tmp_path / other).replace(tmp_path / one)
        with pytest.raises(Illisible):
            await coffre.get(one)

    asyncio.run(story())


@pytest.mark.parametrize("cle", ["", "../x", "a" * 39, "A" * 40, "/" + "a" * 39, "a" * 40 + "\n", "é" * 40])
def test_only_its_own_names_are_taken(tmp_path: Path, cle: str) -> None:
    coffre = coffre_in(tmp_path)
    for act in (coffre.get(cle), coffre.put(cle, b"x"), coffre.delete(cle), coffre.reseal(cle)):
        with pytest.raises(ValueError):
            asyncio.run(act)
    assert files_under(tmp_path) == []


def test_keys_rotate_without_stopping(tmp_path: Path) -> None:
    async def story() -> None:
        before = coffre_in(tmp_path)
        cle = before.new_cle()
        await before.put(cle, SECRET)
        during = coffre_in(tmp_path, {"k2": NEW, "k1": OLD})
        assert await during.get(cle) == SECRET
        assert await during.reseal(cle) is True
        assert await during.reseal(cle) is False
        assert await coffre_in(tmp_path, {"k2": NEW}).get(cle) == SECRET
        with pytest.raises(Illisible):
            await before.get(cle)
        with pytest.raises(ContenuAbsent):
            await during.reseal(during.new_cle())

    asyncio.run(story())


@pytest.mark.parametrize("what", hostiles())
def test_no_byte_of_a_refused_file_remains(tmp_path: Path, what: str) -> None:
    """The road of an upload: checked in memory, and put only once accepted."""
    nom, contenu = hostiles()[what]
    coffre = coffre_in(tmp_path)

    async def receive() -> None:
        accepte = await asyncio.to_thread(check_fichier, nom, contenu)
        await coffre.put(coffre.new_cle(), accepte.contenu)

    with pytest.raises(FichierRefuse):
        asyncio.run(receive())
    assert files_under(tmp_path) == []


# Run apart: a limit on the size of files stands for a full disk, and cannot be lifted from the process it is set in.
FULL_DISK = """
import asyncio, resource, signal, sys
from app.chiffrement import Trousseau
from app.coffre import MARKER, Coffre, CoffreIndisponible
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
coffre = Coffre(sys.argv[1], Trousseau({"k1": bytes(32)}))
coffre.prepare()
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
async def story():
    small, large = coffre.new_cle(), coffre.new_cle()
    await coffre.put(small, b"x" * 1000)
    try:
        await coffre.put(large, b"x" * 3_000_000)
    except CoffreIndisponible:
        print("indisponible", small)
asyncio.run(story())
"""


def test_a_full_disk_leaves_nothing_and_keeps_the_rest(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("indisponible "), done.stderr
    assert [path.name for path in files_under(tmp_path)] == [done.stdout.split()[1]]


def test_a_write_that_cannot_be_made_sure_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    coffre = coffre_in(tmp_path)
    monkeypatch.setattr("app.coffre.os.fsync", refuse)
    with pytest.raises(CoffreIndisponible):
        asyncio.run(coffre.put(coffre.new_cle(), SECRET))
    assert files_under(tmp_path) == []


def test_what_a_killed_write_left_is_neither_listed_nor_kept(tmp_path: Path) -> None:
    async def story() -> None:
        coffre = coffre_in(tmp_path)
        cle = coffre.new_cle()
        await coffre.put(cle, SECRET)
        debris = tmp_path / f"{coffre.new_cle()}#1"
        debris.write_bytes(b"half")
        (tmp_path / "lisez-moi.txt").write_bytes(b"of the operator")
        now = datetime.now(UTC)
        assert [depot.cle for depot in await depots_of(coffre)] == [cle]
        assert await coffre.clear_debris(now - timedelta(hours=1)) == 0
        assert await coffre.clear_debris(now + timedelta(hours=1)) == 1
        assert {path.name for path in files_under(tmp_path)} == {cle, "lisez-moi.txt"}

    asyncio.run(story())


def test_a_folder_that_cannot_be_used_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_bytes(b"")
    with pytest.raises(CoffreIndisponible):
        coffre_in(tmp_path / "fichier")
    with pytest.raises(CoffreIndisponible):
        coffre_in(tmp_path / "fichier" / "pieces")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pieces",
        "file://",
        "file:///",
        "file://hote/pieces",
        "s3://",
        "ftp://x/y",
        "memory:///",
        "s3://b?x=1",
    ],
)
def test_another_kind_of_address_is_an_error_of_the_operator(url: str) -> None:
    with pytest.raises(ValueError):
        Coffre(url, Trousseau({"k1": OLD}))


@pytest.fixture
def aws_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


@pytest.fixture
def bucket(aws_account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Coffre]:
    """The store in a bucket of moto, which answers as S3 does; its listings come two names at a time."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.put(f"http://{host}:{port}/seau")
    yield bucket_at(port)
    server.stop()


def bucket_at(port: int, bucket: str = "seau") -> Coffre:
    url = f"s3://{bucket}/pieces/2026?endpoint=http://127.0.0.1:{port}&region=us-east-1"
    return Coffre(url, Trousseau({"k1": OLD}))


def test_a_bucket_keeps_lists_and_erases_the_same(bucket: Coffre) -> None:
    async def story() -> None:
        await bucket.check()
        cles = [bucket.new_cle() for _ in range(5)]
        for cle in cles:
            await bucket.put(cle, SECRET)
        assert await bucket.get(cles[0]) == SECRET
        depots = await depots_of(bucket)
        assert sorted(depot.cle for depot in depots) == sorted(cles)
        assert all(abs(depot.stored_at - datetime.now(UTC)) < timedelta(minutes=1) for depot in depots)
        assert await bucket.clear_debris(datetime.now(UTC)) == 0
        await bucket.put_trace("12-34", "demande")
        assert [nom async for nom in bucket.list_traces()] == ["12-34"]
        assert await bucket.read_trace("12-34") == "demande"
        for cle in [*cles, cles[0]]:
            await bucket.delete(cle)
        with pytest.raises(ContenuAbsent):
            await bucket.get(cles[0])
        assert await depots_of(bucket) == []

    asyncio.run(story())


def test_what_lies_in_a_bucket_is_sealed(bucket: Coffre) -> None:
    async def story() -> None:
        cle = bucket.new_cle()
        await bucket.put(cle, SECRET)
        kept = bytes(await (await bucket._store.get_async(cle)).bytes_async())
        assert b"NIR" not in kept
        assert await bucket.reseal(cle) is False

    asyncio.run(story())


def test_a_bucket_that_is_not_there_is_no_empty_store(aws_account: None) -> None:
    async def story(port: int) -> None:
        coffre = bucket_at(port, "autre")
        cle = coffre.new_cle()
        with pytest.raises(CoffreIndisponible):
            await coffre.check()
        for act in (coffre.put(cle, SECRET), coffre.get(cle), coffre.delete(cle), depots_of(coffre)):
            with pytest.raises(CoffreIndisponible):
                await act

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    asyncio.run(story(server.get_host_and_port()[1]))
    server.stop()


@pytest.mark.usefixtures("aws_account")
def test_a_bucket_that_does_not_answer_is_said_so() -> None:
    async def story(coffre: Coffre) -> None:
        cle = coffre.new_cle()
        for act in (coffre.put(cle, SECRET), coffre.get(cle), coffre.delete(cle), depots_of(coffre)):
            with pytest.raises(CoffreIndisponible):
                await act

    asyncio.run(story(bucket_at(9)))


def test_a_folder_whose_volume_is_not_mounted_keeps_nothing(tmp_path: Path) -> None:
    """What is written beneath a mount point is lost to everyone once the volume is back."""
    coffre = coffre_in(tmp_path)
    cle = coffre.new_cle()
    asyncio.run(coffre.put(cle, b"un"))
    asyncio.run(coffre.check())
    mounted = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path in mounted:
        path.unlink()
    again = Coffre(tmp_path.as_uri(), Trousseau({"k1": OLD}))
    assert not again.is_prepared, "a process that starts there does not take it for a new store"
    for store in (coffre, again):
        for act in (store.put(store.new_cle(), b"deux"), store.check()):
            with pytest.raises(CoffreIndisponible):
                asyncio.run(act)
    assert list(tmp_path.iterdir()) == []
    for path, octets in mounted.items():
        path.write_bytes(octets)
    assert asyncio.run(again.get(cle)) == b"un"
    asyncio.run(again.put(again.new_cle(), b"trois"))


def test_a_store_of_the_version_before_is_known_by_its_files(tmp_path: Path) -> None:
    (tmp_path / Coffre.new_cle()).write_bytes(b"x")
    assert Coffre(tmp_path.as_uri(), Trousseau({"k1": OLD})).is_prepared


def test_a_store_that_is_full_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coffre = coffre_in(tmp_path)
    asyncio.run(coffre.check())
    monkeypatch.setattr("app.coffre.FREE_MIN", 2**62)
    with pytest.raises(CoffreIndisponible, match="full"):
        asyncio.run(coffre.check())
