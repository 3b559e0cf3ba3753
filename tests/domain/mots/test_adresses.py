"""E-mail addresses as people type them."""

import pytest

from app.domain.mots.adresses import read_adresse, say_fault
from tests.cas import read_cas


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


@pytest.mark.parametrize("cas", read_cas("invisibles_connexion"), ids=lambda cas: ascii(cas["saisi"]))
def test_what_a_copy_brings_unseen_is_dropped(cas: dict[str, str]) -> None:
    right = cas["juste"].split(",")[0]
    assert read_adresse(cas["saisi"]) == (cas["saisi"].strip() if right == "accepté" else right)


@pytest.mark.parametrize(
    ("texte", "adresse"),
    [
        ("Zoé Lefèvre <zoe.lefevre@mairie.fr>", "zoe.lefevre@mairie.fr"),
        ('"LEFEVRE, Zoé" <Zoe.Lefevre@mairie.fr>;', "zoe.lefevre@mairie.fr"),
        ("<zoe@mairie.fr>", "zoe@mairie.fr"),
        ("\u2066zoe@mairie.fr\u2069", "zoe@mairie.fr"),
        ("jean\u2011paul@mairie.fr", "jean-paul@mairie.fr"),
        ("Zoé <a@b.fr> <c@d.fr>", None),
        ("zoe@mairie.fr<mailto:zoe@mairie.fr>", "zoe@mairie.fr"),
        ("mailto:zoe@mairie.fr", "zoe@mairie.fr"),
        ("zoe@mairie.fr (Zoé Lefèvre)", "zoe@mairie.fr"),
        ("Zoé LEFÈVRE [zoe@mairie.fr]", "zoe@mairie.fr"),
        ("Zoé Lefèvre <zoe@mairie.fr", "zoe@mairie.fr"),
        ("« zoe@mairie.fr »", "zoe@mairie.fr"),
        ("'zoe@mairie.fr',", "zoe@mairie.fr"),
        ("zoe@mairie.fr.", "zoe@mairie.fr"),
        ("zoe＠mairie.fr", "zoe@mairie.fr"),
        ("<d'arc.o'neil@mairie.fr>", "d'arc.o'neil@mairie.fr"),
        ("d’arc@mairie.fr", "d'arc@mairie.fr"),
        ("o´neil@mairie.fr", "o'neil@mairie.fr"),
        ("Courriel\u00a0: zoe@mairie.fr", "zoe@mairie.fr"),
        ("Adresse mail zoe@mairie.fr", "zoe@mairie.fr"),
        ("E-mail:zoe@mairie.fr", "zoe@mairie.fr"),
        ("- zoe@mairie.fr", "zoe@mairie.fr"),
        ("email@mairie.fr", "email@mairie.fr"),
        ("mail-zoe@mairie.fr", "mail-zoe@mairie.fr"),
        ("mail.zoe@mairie.fr", "mail.zoe@mairie.fr"),
        ("Mél. zoe@mairie.fr", "zoe@mairie.fr"),
        ("•zoe@mairie.fr", "zoe@mairie.fr"),
        ("{zoe@mairie.fr}", "zoe@mairie.fr"),
        ("*zoe@mairie.fr*", "zoe@mairie.fr"),
        ("zoe@mairie.fr\u00a0!", "zoe@mairie.fr"),
        ("zoe @ mairie.fr", "zoe@mairie.fr"),
        ("zoe@\u00a0mairie.fr", "zoe@mairie.fr"),
        ("mailto://zoe@mairie.fr", "zoe@mairie.fr"),
        ("mailto:zoe@mairie.fr?subject=Demande%20d'aide", "zoe@mairie.fr"),
        ("Zoé <zoe/accueil@mairie.fr>", "zoe/accueil@mairie.fr"),
        ("zoe@mairie.fr (bureau)\u00a0; lea@mairie.fr", None),
        ("lea@mairie.fr <zoe@mairie.fr>", None),
        ("Zoé Lefèvre zoe@mairie.fr", None),
        ("zoe lefevre @mairie.fr", None),
    ],
)
def test_an_address_copied_with_its_name_is_read(texte: str, adresse: str | None) -> None:
    assert read_adresse(texte) == adresse


@pytest.mark.parametrize(
    ("texte", "words"),
    [
        ("zoe", "incomplète"),
        ("zoe@mairie", "incomplète"),
        ("@mairie.fr", "incomplète"),
        ("Zoé <zoe@mairie>", "incomplète"),
        ("z" * 65 + "@mairie.fr", "trop longue"),
        ("z@" + "mairie." * 40 + "fr", "trop longue"),
        ("zo é@mairie.fr", "un signe"),
        ("Zoé <a@b.fr>; Léa <c@d.fr>", "plusieurs adresses"),
        ("=?utf-8?q?a?=@mairie.fr", "un signe"),
        *(
            (f"zoe@mairie.fr{sign}lea@mairie.fr", "plusieurs adresses")
            for sign in ("; ", ", ", " ", "/", " ou ")
        ),
        ("zoe@mairie.fr (bureau) ; lea@mairie.fr", "plusieurs adresses"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(texte: str, words: str) -> None:
    assert read_adresse(texte) is None
    assert words in say_fault(texte)
