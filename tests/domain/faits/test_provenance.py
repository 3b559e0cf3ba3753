"""From where a fait happens: cut, and never the place of somebody else’s visit."""

from datetime import datetime

import pytest

from app import database
from app.domain.demandes.lectures import mark_read
from app.domain.faits.fait import happened
from app.domain.faits.provenance import come_from, cut_network, read_provenance, sign_visit, visiting
from app.domain.faits.registre import Fait
from tests.cast import CAST
from tests.domain.scene import load, signed_as
from tests.factories import make_demande

ICI = {"reseau": "192.0.2.0/24", "navigateur": "Firefox sur Windows"}


@pytest.mark.parametrize(
    ("ip", "reseau"),
    [
        ("192.0.2.44", "192.0.2.0/24"),
        ("::ffff:192.0.2.44", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix", ""),
        ("192.0.2.44; drop table", ""),
    ],
)
def test_an_address_is_cut_to_a_network(ip: str, reseau: str) -> None:
    assert cut_network(ip) == reseau


def test_a_visit_says_its_place_of_its_own_agent_only() -> None:
    assert read_provenance(CAST.aida) == {}
    with visiting():
        come_from(lambda: ("192.0.2.0/24", "Firefox sur Windows"))
        assert read_provenance(None) == read_provenance(CAST.aida) == ICI
        sign_visit(CAST.aida)
        assert read_provenance(CAST.aida) == ICI
        # An answer of Inès that leaves because Aïda looks, or what the platform does by itself.
        assert read_provenance(CAST.ines) == read_provenance(None) == {}
    assert read_provenance(CAST.aida) == {}


async def read_places(fait: Fait) -> list[tuple[int | None, str | None]]:
    sql = "select agent, details->>'reseau' as reseau from journal where fait = :fait order by id"
    return [(row["agent"], row["reseau"]) for row in await database.fetch(sql, fait=fait.value)]


async def test_every_line_of_a_visit_keeps_it_and_no_other(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now)
    with visiting():
        come_from(lambda: ("192.0.2.0/24", "Firefox sur Windows"))
        sign_visit(CAST.ines)
        await mark_read(ines, await load(ines, numero), now)
        await happened(Fait.EN_SOUFFRANCE, demande=numero, groupe=CAST.groupes.caf, now=now)
    await happened(Fait.DECONNEXION, agent=CAST.ines, now=now)
    assert await read_places(Fait.DEMANDE_CONSULTEE) == [(CAST.ines, "192.0.2.0/24")]
    assert await read_places(Fait.EN_SOUFFRANCE) == [(None, None)]
    assert (CAST.ines, None) in await read_places(Fait.DECONNEXION)
