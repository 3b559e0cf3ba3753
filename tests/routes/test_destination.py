"""Where one lands after signing in: on a page of ours, whatever was asked (product §4)."""

import re
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.main import create_litestar
from app.routes.params import own_destination
from tests.browser import Browser
from tests.courrier import read_lettre

LITESTAR = create_litestar(is_tested=True)
HOSTILE = ["//evil.example", "https://evil.example/", "/\\evil.example", "/profil\\@evil.example"]
OURS = ["/", "/?a=b", "/profil", "/aide", "/mentions-legales?x=//exemple.fr"]
NOT_OURS = [
    *("", " /profil", "profil", "//evil.example", "//evil.example/profil", "///profil", "/\\evil.example"),
    *("\\\\evil.example", "https://evil.example", "https:/profil", "javascript:alert(1)", "data:text/html,x"),
    *(
        "/profil\r\nSet-Cookie: a=b",
        "/profil\t",
        "/profil/",
        "/profil/..",
        "/./profil",
        "/profil#x",
        "/nulle-part",
    ),
    *("/%2f%2fevil.example", "/static/aplus.css", "/connexion", "/connexion/lien/x", "/deconnexion", "/cgu"),
    *(
        "/profil?é",
        "/profil/deconnexions",
        "/profil" + "?" + "a" * 500,
        "/" * 5000,
        "@evil.example",
        "/@evil.example",
    ),
]


def judge(typed: str) -> str:
    return own_destination(cast(Any, SimpleNamespace(app=LITESTAR)), typed)


@pytest.mark.parametrize("typed", OURS)
def test_a_page_of_ours_is_kept(typed: str) -> None:
    assert judge(typed) == typed


@pytest.mark.parametrize("typed", NOT_OURS)
def test_anything_else_leads_home(typed: str) -> None:
    assert judge(typed) == "/"


def test_every_page_of_ours_is_a_destination_and_a_parameter_is_one_segment() -> None:
    for route in LITESTAR.routes:
        if (
            "GET" in getattr(route, "http_methods", ())
            and "{" in route.path
            and not route.path.startswith(("/connexion", "/static", "/_"))
        ):
            filled = re.sub(r"\{[^}]*\}", "12", route.path_format)
            assert judge(filled) == filled
            for hostile in ("..", "%2e%2e", "a/b", "", "a\\b"):
                assert judge(hostile.join(re.split(r"\{[^}]*\}", route.path_format))) == "/"


@given(st.text(st.sampled_from("/\\:?#@.%2ef ehtps\r\n\tprofilaide"), max_size=40))
def test_no_address_leaves_the_site(typed: str) -> None:
    base = "https://aplus.example"
    landed = urlsplit(urljoin(base + "/connexion", judge(typed)))
    assert (landed.scheme, landed.netloc) == ("https", "aplus.example")


@pytest.mark.parametrize("typed", [*OURS, *HOSTILE])
async def test_one_lands_at_home_rather_than_elsewhere(typed: str) -> None:
    browser = Browser()
    await browser.get(f"/connexion?destination={quote(typed, safe='')}")
    await browser.submit("/connexion", {"email": "aida@exemple.fr"})
    lettre = await read_lettre("aida@exemple.fr")
    await browser.get(lettre.lien)
    response = await browser.submit(lettre.lien)
    assert response.headers["location"] == (typed if typed in OURS else "/")
