"""Files: who sees and opens them, and what goes with what is sent (product §3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app import database
from app.domain.pieces_jointes.ajout import remove_piece, remove_pieces
from app.domain.pieces_jointes.envoi import attach_pieces
from app.domain.pieces_jointes.liste import Piece, list_formulaire
from app.domain.pieces_jointes.ouverture import open_piece
from app.domain.regles.errors import Conflit, Introuvable, Refus
from tests.cast import CAST
from tests.domain.fichiers_joints import NOTE, Envoye, add, kept, list_pieces, make_piece, make_scene
from tests.domain.scene import DAY, load, signed_as
from tests.factories import list_journal, make_demande, make_message


async def names(who: int, numero: int, now: datetime) -> list[str]:
    """The names this agent reads on the page of the demande."""
    signed = await signed_as(who, now)
    return [p.nom for p in (await list_pieces(signed.droits, await load(signed, numero), now)).envoyees]


# --- Who --------------------------------------------------------------------------------------------------------


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
    assert (given.nom, given.type_mime, given.contenu) == (
        "note.txt",
        "text/plain; charset=utf-8",
        NOTE.read(),
    )
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
        agent = signed.droits.agent
        message = await make_message(numero, agent, "Voici.", now)
        assert await attach_pieces(agent, formulaire, demande=numero, message=message, now=now) == 0
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
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
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
    assert await attach_pieces(CAST.aida, formulaire, demande=other, message=elsewhere, now=now) == 0
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
    assert (pieces.formulaire, [p.nom for p in pieces.waiting(formulaire)], pieces.envoyees) == (
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
            select :demande, :uploaded_by, 'x.txt', gen_random_uuid(), :uploaded_at, :expires_at
                from generate_series(1, 29)
            """,
            demande=numero,
            uploaded_by=CAST.aida,
            uploaded_at=now,
            expires_at=now + DAY,
        )
