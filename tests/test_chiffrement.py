import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chiffrement import Illisible, Trousseau, empreinte

OLD = bytes(range(32))
NEW = bytes(range(32, 64))
PLACE = "usagers.nir:42"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_gives_back_what_was_sealed(clair: bytes, contexte: str) -> None:
    trousseau = Trousseau({"k1": OLD})
    scelle = trousseau.seal(clair, contexte)
    assert trousseau.open(scelle, contexte) == clair
    assert len(scelle) == 2 + len("k1") + 12 + len(clair) + 16


def test_text_goes_through() -> None:
    trousseau = Trousseau({"k1": OLD})
    scelle = trousseau.seal_text("2 69 05 49 588 157 80 – Noël", PLACE)
    assert trousseau.open_text(scelle, PLACE) == "2 69 05 49 588 157 80 – Noël"
    with pytest.raises(Illisible):
        trousseau.open_text(trousseau.seal(b"\xff", PLACE), PLACE)


def test_nothing_shows_and_no_two_are_alike() -> None:
    trousseau = Trousseau({"k1": OLD})
    sealed = {trousseau.seal(b"269054958815780", PLACE) for _ in range(50)}
    assert len(sealed) == 50
    assert not any(b"2690549" in scelle for scelle in sealed)
    assert "\\x" not in repr(trousseau) and repr(trousseau) == "Trousseau(k1)"


def test_a_value_cannot_be_moved() -> None:
    trousseau = Trousseau({"k1": OLD})
    scelle = trousseau.seal(b"secret", PLACE)
    for elsewhere in ("usagers.nir:43", "usagers.nif:42", "", PLACE + " "):
        with pytest.raises(Illisible):
            trousseau.open(scelle, elsewhere)


def test_every_single_damage_is_seen() -> None:
    trousseau = Trousseau({"k1": OLD, "k2": OLD})
    scelle = trousseau.seal(b"secret", PLACE)
    for position in range(len(scelle)):
        # 3 turns k1 into k2, which holds the same key: only the bound header shows it.
        for flip in (1, 3, 0x80):
            damaged = bytearray(scelle)
            damaged[position] ^= flip
            with pytest.raises(Illisible):
                trousseau.open(bytes(damaged), PLACE)
    for length in range(len(scelle)):
        with pytest.raises(Illisible):
            trousseau.open(scelle[:length], PLACE)


@given(st.binary(max_size=80))
def test_anything_else_is_illisible_and_nothing_worse(noise: bytes) -> None:
    trousseau = Trousseau({"k1": OLD})
    with pytest.raises(Illisible):
        trousseau.open(b"\x01\x02k1" + noise, PLACE)
    with pytest.raises(Illisible):
        trousseau.open(noise, PLACE)


def test_keys_rotate_without_stopping() -> None:
    before = Trousseau({"k1": OLD})
    during = Trousseau({"k2": NEW, "k1": OLD})
    after = Trousseau({"k2": NEW})
    scelle = before.seal(b"secret", PLACE)
    assert not before.needs_rotation(scelle)
    assert during.open(scelle, PLACE) == b"secret"
    assert during.needs_rotation(scelle)
    resealed = during.reseal(scelle, PLACE)
    assert not during.needs_rotation(resealed)
    assert after.open(resealed, PLACE) == b"secret"
    with pytest.raises(Illisible):
        after.open(scelle, PLACE)
    with pytest.raises(Illisible):
        after.needs_rotation(b"clair")


def test_bad_keys_are_refused_when_starting() -> None:
    for keys in ({}, {"k1": OLD[:16]}, {"": OLD}, {"k" * 256: OLD}):
        with pytest.raises(ValueError):
            Trousseau(keys)


def test_empreinte_finds_by_value_and_only_with_the_key() -> None:
    assert empreinte(OLD, "martin", "zoe", "1950") == empreinte(OLD, "martin", "zoe", "1950")
    assert empreinte(OLD, "martin") != empreinte(NEW, "martin")
    assert len(empreinte(OLD, "martin")) == 64
    with pytest.raises(ValueError):
        empreinte(b"court", "martin")


def test_empreinte_never_confuses_the_parts() -> None:
    seen = {
        empreinte(OLD, *parts)
        for parts in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), (), ("",), ("a\x00bc",))
    }
    assert len(seen) == 8


def test_a_mark_is_known_by_its_key_alone() -> None:
    name, marque = Trousseau({"k1": OLD}).mark(b"contenu")
    both = Trousseau({"k2": NEW, "k1": OLD})
    assert name == "k1" and both.has_marked(name, marque, b"contenu")
    assert not both.has_marked(name, marque, b"autre")
    assert not both.has_marked("k2", marque, b"contenu")
    with pytest.raises(Illisible):
        Trousseau({"k2": NEW}).has_marked(name, marque, b"contenu")
