"""A procédure standard, refused for want of a sujet, accepted, then met in the form: for everyone (A1)."""

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival

TEXTE = "Déposer le formulaire en ligne, puis attendre l’accusé de réception."


def test_a_procedure_accepted_is_read_before_sending(arrive: Arrival) -> None:
    ada, aida = arrive("ada@exemple.fr"), arrive("aida@exemple.fr")
    [(procedure,)] = ada.demo.sql(
        f"insert into procedures (groupe, texte) select min(id), '{TEXTE}' from groupes returning id"
    )
    ada.open("/administration/procedures")
    assert look_at(ada.page) == []
    ada.open(f"/administration/procedures/{procedure}")
    ada.press("Accepter et montrer à tous")
    assert look_at(ada.page) == []
    ada.page.get_by_label("Sujet").select_option(index=1)
    chosen = ada.page.get_by_label("Sujet").input_value()
    ada.press("Accepter et montrer à tous")
    expect(ada.page.get_by_role("heading", name="Montrées à tous les agents")).to_be_visible()
    assert look_at(ada.page) == []

    aida.open("/demandes/nouvelle")
    aida.page.get_by_label("Sujet").select_option(chosen)
    expect(aida.page.get_by_text(TEXTE)).to_be_visible()
    assert look_at(aida.page) == []
    aida.open("/procedures?q=accuse de reception")
    expect(aida.page.get_by_text(TEXTE)).to_be_visible()
    assert look_at(aida.page) == []

    ada.open(f"/administration/procedures/{procedure}")
    ada.press("Ne plus la montrer")
    expect(ada.page.get_by_text(TEXTE)).to_have_count(0)
