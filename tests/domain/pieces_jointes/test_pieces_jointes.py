"""Files: what is taken and what is refused, what a form may hold, what fails (product §5.5; quality S6, R8)."""

import asyncio
import dataclasses
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app import database
from app.antivirus import Verdict
from app.coffre import Coffre
from app.domain.demandes.brouillons import name_next
from app.domain.demandes.vu import see
from app.domain.echanges import messages
from app.domain.echanges.actes import Depuis
from app.domain.echanges.saisie import MessageSaisi
from app.domain.fichiers import MAL_RECU, TROP_LOURD
from app.domain.nouvelles_demandes.envoi import DejaEnvoyee
from app.domain.pieces_jointes import ajout, depot
from app.domain.pieces_jointes.ajout import add_pieces, remove_piece
from app.domain.pieces_jointes.liste import list_formulaire
from app.domain.pieces_jointes.ouverture import open_piece
from app.settings import get_settings
from tests import fichiers_fabriques, fichiers_hostiles
from tests.cas import read_cas
from tests.cast import CAST
from tests.domain.fichiers_joints import NOTE, Envoye, add, block, kept, make_piece, unblock
from tests.domain.formulaire_rempli import saisie_of, send
from tests.domain.scene import DAY, load, signed_as
from tests.factories import erase_demandes, make_demande
from tests.test_antivirus import FakeClamd, knows_eicar, listening


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
    exif = fichiers_fabriques.located_exif()
    photo = Envoye("IMG_0042.HEIC", fichiers_fabriques.picture("HEIF", exif=exif))
    assert exif[:40] in (photo.read() or b"")
    (piece,), rejets = await add(CAST.aida, uuid4(), photo, now=now)
    assert not rejets
    given = await open_piece(await signed_as(CAST.aida, now), piece, now)
    assert (given.nom, given.type_mime, given.contenu[:3]) == ("IMG_0042.jpg", "image/jpeg", b"\xff\xd8\xff")
    assert exif[:40] not in given.contenu


async def test_files_keep_the_names_people_gave_them(store: Path, now: datetime) -> None:
    """The clipboard of a PC calls every picture image.jpg; a Mac writes « è » in two signs; Edge saves .jfif."""
    same, accents, jfif = read_cas("noms_de_fichiers")
    signed = await signed_as(CAST.aida, now)

    noms = [envoi.partition(" (")[0] for envoi in same["envoi"]]
    photos = [
        Envoye(nom, fichiers_fabriques.picture("JPEG", (8 * side, 8))) for side, nom in enumerate(noms, 1)
    ]
    taken, rejets = await add(CAST.aida, uuid4(), *photos, now=now)
    given = [await open_piece(signed, piece, now) for piece in taken]
    assert (rejets, [each.nom for each in given]) == ([], noms)
    assert len({each.contenu for each in given}) == len(noms)

    for cas, contenu in (
        (accents, fichiers_fabriques.pdf()),
        (jfif, fichiers_fabriques.picture("JPEG")),
    ):
        for form in ("NFC", "NFD"):
            sent = Envoye(unicodedata.normalize(form, cas["envoi"]), contenu)
            (piece,), rejets = await add(CAST.aida, uuid4(), sent, now=now)
            assert (await open_piece(signed, piece, now)).nom in cas["juste"]
            assert not rejets


async def test_a_file_named_otherwise_is_said_to_be_received_as_what_it_is(
    store: Path, now: datetime
) -> None:
    signed = await signed_as(CAST.aida, now)
    ajouts = await add_pieces(signed, uuid4(), [Envoye("l'avis.pdf", b"bonjour"), NOTE], None, now)
    assert ajouts.remarques == [
        "«\u00a0l’avis.pdf\u00a0» a été reçu comme texte\u00a0: il s’appelle maintenant «\u00a0l’avis.txt\u00a0»."
    ]


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
    assert await phrases(heavy, lost, now=now) == [TROP_LOURD, MAL_RECU]
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
async def test_the_store_is_never_read_inside_a_transaction(
    store: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow bucket would hold a connection, and everybody who waits for the same lock."""
    inside = []
    get = Coffre.get

    async def watched(self: Coffre, cle: str) -> bytes:
        inside.append(database.ENGINE.current_transaction.get() is not None)
        return await get(self, cle)

    monkeypatch.setattr(Coffre, "get", watched)
    try:
        formulaire, signed = uuid4(), await signed_as(CAST.aida, now)
        for _ in range(2):
            await add_pieces(signed, formulaire, [NOTE], None, now)
        assert inside == [False]
    finally:
        await erase_demandes()


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
        assert sum(len(ajouts.taken) for ajouts in results) == len(kept(store)) == 10
        assert [r.phrase for ajouts in results for r in ajouts.rejets] == [ajout.TROP_NOMBREUX] * 4
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_posts_at_once_from_several_forms_do_not_pass_the_day(store: Path, now: datetime) -> None:
    try:
        signed = await signed_as(CAST.aida, now)
        [first] = (await add_pieces(signed, uuid4(), [NOTE], None, now)).taken
        almost = ajout.JOUR_OCTETS - NOTE.taille - 1
        await database.fetch(
            "update pieces_jointes set taille = :taille where id = :cle", cle=first, taille=almost
        )
        results = await asyncio.gather(*(add_pieces(signed, uuid4(), [NOTE], None, now) for _ in range(6)))
        assert sum(len(ajouts.taken) for ajouts in results) == 1
        assert {r.phrase for ajouts in results for r in ajouts.rejets} == {ajout.JOUR_PLEIN}
    finally:
        await erase_demandes()


async def test_what_is_joined_to_a_form_already_sent_waits_under_its_next_name(
    store: Path, now: datetime
) -> None:
    aida = await signed_as(CAST.aida, now)
    typed = saisie_of(aida)
    await add(CAST.aida, typed.formulaire, NOTE, now=now)
    await send(aida, typed, now)
    again = await add_pieces(aida, typed.formulaire, [NOTE], None, now)
    assert (again.taken, again.formulaire) == ([], typed.formulaire), "the very same post is a repeat"
    other = Envoye("autre.txt", b"Autre chose.")
    for _ in range(2):
        ajouts = await add_pieces(aida, typed.formulaire, [NOTE, other], None, now)
        assert ajouts.formulaire == name_next(typed.formulaire)
    assert [p.nom for p in await list_formulaire(CAST.aida, ajouts.formulaire, now)] == ["autre.txt"]
    with pytest.raises(DejaEnvoyee):
        await send(aida, typed, now)


async def test_a_file_joined_to_an_answer_already_sent_is_shown_with_it_not_dropped(
    store: Path, now: datetime
) -> None:
    ines, numero = await signed_as(CAST.ines, now), await make_demande(now)
    demande = await load(ines, numero)
    saisi = MessageSaisi(cle=uuid4(), texte="Voici.", vu=see(ines.droits, demande))
    await add(CAST.ines, saisi.cle, NOTE, now=now, demande=numero)
    await messages.post_message(ines, demande, saisi, now)
    await messages.post_message(ines, demande, saisi, now)
    await add(CAST.ines, saisi.cle, Envoye("autre.txt", b"Autre chose."), now=now, demande=numero)
    with pytest.raises(Depuis) as told:
        await messages.post_message(ines, demande, saisi, now)
    assert told.value.is_spent


async def test_a_day_and_a_demande_hold_only_so_much(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    piece = await make_piece(numero, now)
    await database.fetch(
        "update pieces_jointes set taille = :taille where id = :cle",
        cle=piece,
        taille=ajout.DEMANDE_OCTETS - 9,
    )
    _, rejets = await add(CAST.aida, uuid4(), NOTE, now=now, demande=numero)
    assert [r.phrase for r in rejets] == [ajout.DEMANDE_PLEINE]
    await database.fetch(
        "update pieces_jointes set taille = :taille where id = :cle", cle=piece, taille=ajout.JOUR_OCTETS - 9
    )
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
    assert await verdicts() == [Verdict.EN_ATTENTE]
