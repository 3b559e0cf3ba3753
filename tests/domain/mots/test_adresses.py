"""E-mail addresses as people type them."""

import pytest

from app.domain.mots.adresses import read_adresse


@pytest.mark.parametrize(
    ("texte", "adresse"),
    [
        ("aida@exemple.fr", "aida@exemple.fr"),
        (" Aida.Moreau@Exemple.FR ", "aida.moreau@exemple.fr"),
        ("o'brien+aplus@mairie-st-brieuc.fr", "o'brien+aplus@mairie-st-brieuc.fr"),
        ("contact@préfecture.fr", "contact@xn--prfecture-c4a.fr"),
    ],
)
def test_an_address_is_read_as_a_mail_carries_it(texte: str, adresse: str) -> None:
    assert read_adresse(texte) == adresse


@pytest.mark.parametrize(
    "texte",
    [
        *("", "aida", "aida@", "@exemple.fr", "aida@exemple", "a b@exemple.fr", "a..b@exemple.fr"),
        *("a@x.fr\nBcc: b@x.fr", "a@x.fr,b@x.fr", "é@x.fr", "a" * 65 + "@x.fr", "a@" + "x." * 200 + "fr"),
        *("a@-exemple.fr", '"a b"@exemple.fr', "a@[127.0.0.1]", "=?utf-8?q?ines=40exemple.fr?=@exemple.fr"),
    ],
)
def test_the_rest_is_no_address(texte: str) -> None:
    assert read_adresse(texte) is None
