"""The words a browser is recognised by, and its network."""

import pytest

from app.domain.acces.navigateurs import Navigateur, describe_navigateur


@pytest.mark.parametrize(
    ("user_agent", "mots"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox sur Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge sur Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome sur Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari sur iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1", "Safari sur macOS"),
        ("", "Navigateur"),
        ("<script>" * 1000, "Navigateur"),
    ],
)
def test_a_browser_is_said_in_words(user_agent: str, mots: str) -> None:
    assert describe_navigateur(user_agent) == mots


def test_the_network_of_an_address() -> None:
    assert Navigateur("x", "192.0.2.1").reseau == "192.0.2.1"
    assert Navigateur("x", "2001:db8::1").reseau == Navigateur("x", "2001:db8::2").reseau
    assert Navigateur("x", "2001:db8::1").reseau != Navigateur("x", "2001:db8:0:1::1").reseau
    assert Navigateur("x", "::ffff:192.0.2.1").reseau == "192.0.2.1"
    assert Navigateur("x", "unix").reseau == "unix"
