import time

import pytest

from app.domain.mandats.reponses_sms import ReponseSms, read_reponse

OUI = [
    *(
        "oui",
        "OUI",
        "Oui",
        "oUi",
        " oui ",
        "oui\n",
        "\r\n\tOUI\t",
        "oui.",
        "OUI.",
        "oui !",
        "Oui\u00a0!",
        "oui!!!",
    ),
    *("« Oui »", '"oui"', "'oui'", "(oui)", "…oui…", "¡Oui!", "oúi", "OUÏ", "ou\u0069\u0301", "ＯＵＩ"),
    *("\ufeffoui", "oui\u200b", "\u200eoui\u200e", "- oui", "oui,", "oui\ufe0f"),
]
NON = [
    "non",
    "NON",
    "Non",
    " non ",
    "non.",
    "Non !",
    "« non »",
    "nón",
    "NÖN",
    "non\n",
    "-non-",
    "ＮＯＮ",
]
INCOMPRISE = [
    *("", " ", "\n", ".", "!?", "ok", "OK", "d’accord", "o", "n", "y", "yes", "no", "oui oui", "non non"),
    *(
        "oui mais",
        "oui merci",
        "non merci",
        "oui ou non",
        "oui/non",
        "ouinon",
        "OUI NON",
        "ouais",
        "oui1",
        "1",
    ),
    *(
        "o u i",
        "o.u.i",
        "o\u200bui",
        "nο\u006e",
        "pas oui",
        "STOP",
        "oui 👍",
        "👍",
        "oui+",
        "<oui>",
        "=oui",
        "نعم",
    ),
    *("oui ?", "Oui\u00a0?", "oui?!", "¿Oui?", "oui？", "oui؟", "non?", "Non ?"),
    *("oui " + "x" * 1000, "oui" + " " * 1000, "\x00", "\ud800"),
]


@pytest.mark.parametrize("texte", OUI)
def test_oui_is_the_only_word(texte: str) -> None:
    assert read_reponse(texte) is ReponseSms.OUI


@pytest.mark.parametrize("texte", NON)
def test_non_is_the_only_word(texte: str) -> None:
    assert read_reponse(texte) is ReponseSms.NON


@pytest.mark.parametrize("texte", INCOMPRISE)
def test_anything_else_is_asked_again(texte: str) -> None:
    assert read_reponse(texte) is ReponseSms.INCOMPRISE


def test_an_endless_answer_costs_nothing() -> None:
    debut = time.process_time()
    assert read_reponse(" " * 100_000 + "oui") is ReponseSms.INCOMPRISE
    assert time.process_time() - debut < 0.05
