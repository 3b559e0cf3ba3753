"""The mails of a demande: number, groupe, link, nothing more; a complete text part in careful French (product §9)."""

from datetime import datetime

import pytest

from app.poste import write_courriel
from app.settings import get_settings
from tests.courrier import make_envoi
from tests.typographie import fautes, fautes_page

FAITS = (
    *(
        "message_envoye",
        "invitation_envoyee",
        "demande_traitee",
        "sollicitation_declinee",
        "demande_cloturee",
    ),
    *("demande_reouverte", "demande_relancee"),
)


@pytest.mark.parametrize("fait", FAITS)
def test_a_mail_says_the_number_the_groupe_and_the_link(fait: str, now: datetime) -> None:
    contexte = {"numero": 4812, "groupe": "Aide & Accueil d’Auray"}
    courriel = write_courriel(make_envoi(fait, "x@exemple.fr", contexte, now), get_settings())
    text, html = courriel.get_body(("plain",)), courriel.get_body(("html",))
    assert text is not None
    assert html is not None
    # An answer to it reaches somebody.
    assert courriel["Reply-To"] == get_settings().support_email
    subject = str(courriel["Subject"])
    assert subject.startswith("Demande n°\xa04812\xa0: ")
    assert "Aide & Accueil d’Auray" in subject
    lien = f"{get_settings().base_url}/demandes/4812"
    for words in ("Aide & Accueil d’Auray", "4812", lien, get_settings().support_email):
        assert words in text.get_content()
    assert "Aide &amp; Accueil d’Auray" in html.get_content()
    assert f'href="{lien}"' in html.get_content()
    assert not fautes(subject)
    assert not [faute for line in text.get_content().splitlines() for faute in fautes(line)]
    assert not fautes_page(html.get_content())
