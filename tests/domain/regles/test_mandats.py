"""The closed words of mandats, as a form sends them."""

import pytest

from app.domain.regles.mandats import MotifRevocation, read_motif


@pytest.mark.parametrize("motif", MotifRevocation)
def test_each_reason_is_read_by_its_code(motif: MotifRevocation) -> None:
    assert read_motif(motif.value) is motif


@pytest.mark.parametrize("code", ["", "vacances", "RETRAIT"])
def test_what_is_no_reason_is_none(code: str) -> None:
    assert read_motif(code) is None
