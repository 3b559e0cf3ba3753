"""Files: what is taken and what is refused, who sees and opens them, what goes with a form (product §3, §5.5)."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app import database
from app.antivirus import Verdict
from app.domain.errors import Conflit, Introuvable, Refus
from app.domain.fichiers import TROP_LOURD
from app.domain.pieces_jointes import ajout, depot
from app.domain.pieces_jointes.ajout import Rejet, add_pieces, remove_piece, remove_pieces
from app.domain.pieces_jointes.envoi import attach_pieces
from app.domain.pieces_jointes.liste import Piece, list_formulaire, list_pieces
from app.domain.pieces_jointes.ouverture import open_piece
from app.settings import get_settings
from tests import fichiers_hostiles
from tests.cast import CAST
from tests.domain.scene import DAY, load, signed_as
from tests.factories import erase_demandes, list_journal, make_demande, make_invitation, make_message
from tests.test_antivirus import FakeClamd, knows_eicar, listening


class Envoye:
    """A file as it was sent."""

    def __init__(self, nom: str, contenu: bytes | None) -> None:
        self.nom = nom
        self.taille = len(contenu or b"")
        self._contenu = contenu

    async def read(self) -> bytes | None:
        """Its content."""
        return self._contenu


NOTE = Envoye("note.txt", "Rendez-vous le 3 décembre.".encode())


def kept(store: Path) -> list[Path]:
    """What lies in the store."""
    return [path for path in store.rglob("*") if path.is_file()] if store.exists() else []


def block(store: Path) -> None:
    """A file stands where the folder was: nothing can be written, even by root."""
    if store.exists():
        store.rmdir()
    store.write_bytes(b"")


def unblock(store: Path) -> None:
    """The disk is mended."""
    store.unlink()


async def add(
    who: int, formulaire: UUID, *fichiers: Envoye, now: datetime, demande: int | None = None
) -> tuple[list[UUID], list[Rejet]]:
    """This agent joins files to a form."""
    signed = await signed_as(who, now)
    return await add_pieces(
        signed, formulaire, fichiers, await load(signed, demande) if demande else None, now
    )


async def make_piece(
    numero: int, now: datetime, *, who: int | None = None, message: int | None = None, fichier: Envoye = NOTE
) -> UUID:
    """A file sent with a demande, or with a message."""
    formulaire, agent = uuid4(), who or CAST.aida
    (piece,), rejets = await add(agent, formulaire, fichier, now=now, demande=numero if message else None)
    assert not rejets
    await attach_pieces(agent, formulaire, demande=numero, message=message, now=now)
    return piece


async def names(who: int, numero: int, now: datetime) -> list[str]:
    """The names this agent reads on the page of the demande."""
    signed = await signed_as(who, now)
    return [p.nom for p in (await list_pieces(signed.droits, await load(signed, numero), now)).envoyees]


async def phrases(*fichiers: Envoye, now: datetime, formulaire: UUID | None = None) -> list[str]:
    """Why these files of a new demande of Aïda are refused."""
    _, rejets = await add(CAST.aida, formulaire or uuid4(), *fichiers, now=now)
    return [rejet.phrase for rejet in rejets]


# --- Taking -----------------------------------------------------------------------------------------------------


async def test_a_file_is_kept_sealed_until_its_fifteenth_day(store: Path, now: datetime) -> None:
    formulaire = uuid4()
    (piece,), rejets = await add(CAST.aida, formulaire, NOTE, now=now)
    assert not rejets
    (shown,) = await list_formulaire(CAST.aida, formulaire, now)
    assert (shown.id, shown.nom, shown.taille, shown.expires_at) == (
        piece,
        "note.txt",
        NOTE.taille,
        now + 15 * DAY,
    )
    (path,) = kept(store)
    assert b"Rendez-vous" not in path.read_bytes()


async def test_each_refusal_stands_alone(store: Path, now: datetime) -> None:
    formulaire = uuid4()
    bad, empty = Envoye("page.html", b"<html><script>"), Envoye("vide.pdf", b"")
    taken, rejets = await add(CAST.aida, formulaire, NOTE, bad, empty, Envoye("autre.txt", b"ok"), now=now)
    assert (len(taken), [rejet.nom for rejet in rejets]) == (2, ["page.html", "vide.pdf"])
    assert [p.nom for p in await list_formulaire(CAST.aida, formulaire, now)] == ["autre.txt", "note.txt"]
    assert len(kept(store)) == 2


async def test_a_photo_of_a_telephone_becomes_a_jpeg_without_its_place(store: Path, now: datetime) -> None:
    exif = fichiers_hostiles.located_exif()
    photo = Envoye("IMG_0042.HEIC", fichiers_hostiles.picture("HEIF", exif=exif))
    assert exif[:40] in (await photo.read() or b"")
    (piece,), rejets = await add(CAST.aida, uuid4(), photo, now=now)
    assert not rejets
    given = await open_piece(await signed_as(CAST.aida, now), piece, now)
    assert (given.nom, given.type_mime, given.contenu[:3]) == ("IMG_0042.jpg", "image/jpeg", b"\xff\xd8\xff")
    assert exif[:40] not in given.contenu


async def test_the_eleventh_file_is_refused_and_a_place_freed_is_a_place(store: Path, now: datetime) -> None:
    formulaire = uuid4()
    ten = [Envoye(f"{n}.txt", b"texte %d" % n) for n in range(10)]
    taken, rejets = await add(CAST.aida, formulaire, *ten, NOTE, now=now)
    assert (len(taken), [r.phrase for r in rejets]) == (10, [ajout.TROP_NOMBREUX])
    assert len(kept(store)) == 10
    assert await remove_piece(await signed_as(CAST.aida, now), formulaire, taken[3])
    assert len(kept(store)) == 9
    assert await phrases(NOTE, now=now, formulaire=formulaire) == []


async def test_a_file_too_heavy_or_half_received_says_so(store: Path, now: datetime) -> None:
    heavy = Envoye("photo.jpg", None)
    heavy.taille = 10 * 1024 * 1024 + 1
    lost = Envoye("photo.jpg", None)
    assert await phrases(heavy, lost, now=now) == [TROP_LOURD, ajout.MAL_RECU]
    assert kept(store) == []


async def test_the_same_file_sent_again_with_its_form_is_one_file(store: Path, now: datetime) -> None:
    formulaire = uuid4()
    for _ in range(3):
        await add(CAST.aida, formulaire, NOTE, now=now)
    assert len(await list_formulaire(CAST.aida, formulaire, now)) == len(kept(store)) == 1
    # Same name and same size are not enough.
    await add(CAST.aida, formulaire, Envoye("note.txt", b"x" * NOTE.taille), now=now)
    assert len(await list_formulaire(CAST.aida, formulaire, now)) == 2


@pytest.mark.committed
async def test_twenty_posts_at_once_keep_one_file(store: Path, now: datetime) -> None:
    try:
        formulaire, signed = uuid4(), await signed_as(CAST.aida, now)
        await asyncio.gather(*(add_pieces(signed, formulaire, [NOTE], None, now) for _ in range(20)))
        assert len(await list_formulaire(CAST.aida, formulaire, now)) == len(kept(store)) == 1
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_ten_places_are_ten_places_for_posts_at_once(store: Path, now: datetime) -> None:
    try:
        formulaire, signed = uuid4(), await signed_as(CAST.aida, now)
        results = await asyncio.gather(
            *(add_pieces(signed, formulaire, [Envoye(f"{n}.txt", b"%d" % n)], None, now) for n in range(14))
        )
        assert sum(len(taken) for taken, _ in results) == len(kept(store)) == 10
        assert [r.phrase for _, rejets in results for r in rejets] == [ajout.TROP_NOMBREUX] * 4
    finally:
        await erase_demandes()


async def test_a_form_already_sent_takes_nothing_more(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    row = await database.fetch_one("select formulaire from demandes where numero = $1", numero)
    assert row is not None
    assert await add(CAST.aida, row["formulaire"], NOTE, now=now) == ([], [])
    assert kept(store) == []


async def test_a_day_and_a_demande_hold_only_so_much(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    piece = await make_piece(numero, now)
    await database.fetch(
        "update pieces_jointes set taille = $2 where id = $1", piece, ajout.DEMANDE_OCTETS - 9
    )
    _, rejets = await add(CAST.aida, uuid4(), NOTE, now=now, demande=numero)
    assert [r.phrase for r in rejets] == [ajout.DEMANDE_PLEINE]
    await database.fetch("update pieces_jointes set taille = $2 where id = $1", piece, ajout.JOUR_OCTETS - 9)
    assert await phrases(NOTE, now=now) == [ajout.JOUR_PLEIN]
    assert await phrases(NOTE, now=now + DAY + timedelta(minutes=1)) == []


# --- What fails -------------------------------------------------------------------------------------------------


async def test_a_store_that_cannot_be_written_says_so_and_is_not_waited_for_twice(
    store: Path, now: datetime
) -> None:
    depot.coffre()
    block(store)
    formulaire = uuid4()
    assert await phrases(NOTE, Envoye("b.txt", b"b"), now=now, formulaire=formulaire) == [ajout.PANNE] * 2
    assert await list_formulaire(CAST.aida, formulaire, now) == ()


async def test_a_store_that_cannot_even_be_opened_says_so(store: Path, now: datetime) -> None:
    block(store)
    assert await phrases(NOTE, now=now) == [ajout.PANNE]
    unblock(store)
    assert await phrases(NOTE, now=now) == [], "it works again as soon as the disk is mended"


async def test_a_row_that_cannot_be_written_takes_its_content_back(store: Path, now: datetime) -> None:
    """An agent removed meanwhile: the insert fails on its foreign key."""
    signed = await signed_as(CAST.aida, now)
    gone = dataclasses.replace(signed, droits=dataclasses.replace(signed.droits, agent=2**31 - 1))
    with pytest.raises(Exception, match="foreign key"):
        async with database.transaction():
            await add_pieces(gone, uuid4(), [NOTE], None, now)
    assert kept(store) == []


# --- Antivirus --------------------------------------------------------------------------------------------------


async def verdicts() -> list[str]:
    """What is known of the files kept."""
    return [
        r["verdict"] for r in await database.fetch("select verdict from pieces_jointes order by uploaded_at")
    ]


async def test_without_clamd_no_file_is_said_clean(store: Path, now: datetime) -> None:
    assert await phrases(Envoye("eicar.txt", fichiers_hostiles.EICAR), now=now) == []
    assert await verdicts() == [Verdict.NON_ANALYSE]


async def test_clamd_refuses_the_infected_and_lets_the_others_in(
    store: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    clamd = FakeClamd(knows_eicar)
    async with listening(clamd) as url:
        settings = dataclasses.replace(get_settings(), clamd_url=url)
        monkeypatch.setattr(ajout, "get_settings", lambda: settings)
        sent = [Envoye("eicar.txt", fichiers_hostiles.EICAR), NOTE]
        assert await phrases(*sent, now=now) == [ajout.INFECTE]
    assert len(clamd.received) == 2
    assert await verdicts() == [Verdict.SAIN]
    assert len(kept(store)) == 1


async def test_a_clamd_that_went_away_lets_work_go_on_and_says_nothing_false(
    store: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    settings = dataclasses.replace(get_settings(), clamd_url="tcp://127.0.0.1:1")
    monkeypatch.setattr(ajout, "get_settings", lambda: settings)
    assert await phrases(NOTE, now=now) == []
    assert await verdicts() == [Verdict.NON_ANALYSE]


# --- Who --------------------------------------------------------------------------------------------------------


async def make_scene(now: datetime) -> int:
    """Aïda asks the CAF; Aline and Élie are invited, the expert too."""
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    return numero


@pytest.mark.parametrize(
    ("who", "outcome"),
    [
        *[(name, None) for name in ("aida", "aline", "ines", "idir")],
        *[(name, Refus) for name in ("elie", "rose", "ada")],
        *[(name, Introuvable) for name in ("ivan", "eve", "paul", "claude")],
    ],
)
async def test_who_opens_a_file(
    who: str, outcome: type[Exception] | None, store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    piece = await make_piece(numero, now)
    signed = await signed_as(getattr(CAST, who), now)
    if outcome is not None:
        with pytest.raises(outcome):
            await open_piece(signed, piece, now)
        assert await list_journal("piece_ouverte") == []
        return
    given = await open_piece(signed, piece, now)
    assert (given.nom, given.type_mime, given.contenu) == ("note.txt", "text/plain", await NOTE.read())
    (line,) = await list_journal("piece_ouverte")
    assert (line["agent"], line["demande"], line["details"]) == (
        signed.droits.agent,
        numero,
        {"piece": str(piece)},
    )


async def test_who_sees_that_there_are_files(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    await make_piece(numero, now)
    for who in ("aida", "aline", "ines"):
        assert await names(getattr(CAST, who), numero, now) == ["note.txt"]
    for who in ("elie", "rose", "ada"):
        assert await names(getattr(CAST, who), numero, now) == []


async def test_the_files_of_a_private_message_stay_between_instructeurs(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    message = await make_message(numero, CAST.ines, "Entre nous.", now, is_prive=True)
    piece = await make_piece(numero, now, who=CAST.ines, message=message)
    assert await names(CAST.idir, numero, now) == ["note.txt"]
    assert (await open_piece(await signed_as(CAST.idir, now), piece, now)).nom == "note.txt"
    for name, outcome in {"aida": Introuvable, "aline": Introuvable, "elie": Refus, "rose": Refus}.items():
        assert await names(getattr(CAST, name), numero, now) == []
        with pytest.raises(outcome):
            await open_piece(await signed_as(getattr(CAST, name), now), piece, now)


async def test_a_draft_belongs_to_one(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    formulaire = uuid4()
    (piece,), _ = await add(CAST.aida, formulaire, NOTE, now=now, demande=numero)
    assert (await open_piece(await signed_as(CAST.aida, now), piece, now)).nom == "note.txt"
    for name in ("aline", "ines", "eve", "elie"):
        signed = await signed_as(getattr(CAST, name), now)
        with pytest.raises(Introuvable):
            await open_piece(signed, piece, now)
        assert not await remove_piece(signed, formulaire, piece)
        assert await list_formulaire(signed.droits.agent, formulaire, now) == ()
        assert (
            await attach_pieces(signed.droits.agent, formulaire, demande=numero, message=None, now=now) == 0
        )
    assert len(kept(store)) == 1


async def test_who_may_join_files(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    for name in ("aida", "aline", "ines"):
        assert not (await add(getattr(CAST, name), uuid4(), NOTE, now=now, demande=numero))[1]
    before = len(kept(store))
    for name in ("elie", "rose", "ada"):
        with pytest.raises(Refus):
            await add(getattr(CAST, name), uuid4(), NOTE, now=now, demande=numero)
        with pytest.raises(Refus):
            await add(getattr(CAST, name), uuid4(), NOTE, now=now)
    await database.fetch("update demandes set closed_at = $2 where numero = $1", numero, now)
    with pytest.raises(Conflit):
        await add(CAST.aida, uuid4(), NOTE, now=now, demande=numero)
    assert len(kept(store)) == before


# --- Sending ----------------------------------------------------------------------------------------------------


async def test_a_file_goes_with_its_message_and_only_with_it(store: Path, now: datetime) -> None:
    numero, other = await make_scene(now), await make_demande(now)
    message = await make_message(numero, CAST.aida, "Voici.", now, cote="aidant")
    elsewhere = await make_message(other, CAST.aida, "Voici.", now, cote="aidant")
    formulaire = uuid4()
    (piece,), _ = await add(CAST.aida, formulaire, NOTE, now=now, demande=numero)
    assert await names(CAST.ines, numero, now) == []
    for where, line in ((other, elsewhere), (numero, None)):
        assert await attach_pieces(CAST.aida, formulaire, demande=where, message=line, now=now) == 0
    assert await attach_pieces(CAST.aida, formulaire, demande=numero, message=message, now=now) == 1
    signed = await signed_as(CAST.ines, now)
    pieces = await list_pieces(signed.droits, await load(signed, numero), now)
    assert [p.id for p in pieces.of(message)] == [piece]
    assert pieces.of(None) == ()
    assert pieces.envoyees[0].auteur == "Aïda Kerjean"
    assert (await list_journal("piece_ajoutee"))[0]["details"] == {"pieces": [str(piece)], "message": message}


async def test_the_answer_being_written_finds_its_files_again(store: Path, now: datetime) -> None:
    numero, formulaire = await make_scene(now), uuid4()
    await add(CAST.aida, uuid4(), Envoye("ancien.txt", b"x"), now=now - DAY, demande=numero)
    await add(CAST.aida, formulaire, NOTE, now=now, demande=numero)
    signed = await signed_as(CAST.aida, now)
    pieces = await list_pieces(signed.droits, await load(signed, numero), now)
    assert (pieces.formulaire, [p.nom for p in pieces.en_attente], pieces.envoyees) == (
        formulaire,
        ["note.txt"],
        (),
    )


async def test_a_form_given_up_leaves_nothing(store: Path, now: datetime) -> None:
    formulaire = uuid4()
    await add(CAST.aida, formulaire, NOTE, Envoye("b.txt", b"b"), now=now)
    assert await remove_pieces(await signed_as(CAST.aida, now), formulaire) == 2
    assert kept(store) == []
    assert await list_formulaire(CAST.aida, formulaire, now) == ()


async def test_after_its_day_a_file_is_neither_opened_nor_named(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    piece = await make_piece(numero, now)
    later = now + 15 * DAY
    signed = await signed_as(CAST.ines, later)
    with pytest.raises(Introuvable):
        await open_piece(signed, piece, later)
    (shown,) = (await list_pieces(signed.droits, await load(signed, numero), later)).envoyees
    assert shown.is_erased
    assert (await open_piece(await signed_as(CAST.ines, now), piece, later - timedelta(seconds=1))).nom


async def test_a_list_costs_one_query_whatever_its_length(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    await make_piece(numero, now)
    signed = await signed_as(CAST.ines, now)
    demande = await load(signed, numero)
    for count in (1, 30):
        pieces: Sequence[Piece] = ()
        with database.spy_queries() as queries:
            pieces = (await list_pieces(signed.droits, demande, now)).envoyees
        assert (len(queries), len(pieces)) == (1, count)
        await database.fetch(
            """
            insert into pieces_jointes (demande, uploaded_by, nom, cle, uploaded_at, expires_at)
            select $1, $2, 'x.txt', gen_random_uuid(), $3, $4 from generate_series(1, 29)
            """,
            *(numero, CAST.aida, now, now + DAY),
        )
