"""Which addresses keep the list one came from, and which lists are ours."""

import pytest

from app.origine import come_from

LISTE = "/demandes/recues?onglet=en-cours&q=rsa"
SUITE = "?liste=%2Fdemandes%2Frecues%3Fonglet%3Den-cours%26q%3Drsa"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("/demandes/12", f"/demandes/12{SUITE}"),
        ("/demandes/12#message-3-a", f"/demandes/12{SUITE}#message-3-a"),
        ("/demandes/12?echanges=2#demande-fil", f"/demandes/12{SUITE}&echanges=2#demande-fil"),
        ("/demandes/12/mandat", f"/demandes/12/mandat{SUITE}"),
        ("/demandes/recues?q=autre", "/demandes/recues?q=autre"),
        ("/demandes/nouvelle", "/demandes/nouvelle"),
        ("/", "/"),
    ],
)
def test_the_pages_of_a_demande_keep_it(url: str, kept: str) -> None:
    assert come_from(LISTE).keep(url) == kept
    assert come_from("").keep(url) == url


@pytest.mark.parametrize(
    "adresse",
    [
        "",
        "/demandes",
        "/demandes/12?x=1",
        "//exemple.fr/demandes?q=1",
        "/demandes?q=é",
        "/demandes?a\r\nb",
        "/demandes?" + "a" * 2001,
    ],
)
def test_what_is_none_of_our_lists_is_no_list(adresse: str) -> None:
    assert come_from(adresse).liste == ""
    assert come_from(adresse).suite == ""
