"""A conversation with the A+ team, refused, begun, followed by the link of a mail, answered: for everyone (A1)."""

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival

AIDA, ADA = "aida@exemple.fr", "ada@exemple.fr"


def test_a_conversation_with_the_team_is_for_everyone(arrive: Arrival) -> None:
    aida, ada, jean = arrive(AIDA), arrive(ADA), arrive()
    for who in (aida, jean):
        who.open("/aide/contact")
        who.press("Envoyer à l’équipe")
        assert look_at(who.page) == []
        who.page.get_by_label("De quoi s’agit-il").select_option("autre")
        who.page.get_by_label("Votre message").fill("adresse-sans-aucun-espace-" * 12)
    jean.page.get_by_label("Votre adresse e-mail").fill("jean@exemple.fr")
    for who in (aida, jean):
        who.press("Envoyer à l’équipe")
        assert look_at(who.page) == []
    link = jean.page.get_by_role("link", name="Votre message à l’équipe").first
    for _ in range(50):
        jean.open("/_courriels")
        if link.count():
            break
        jean.page.wait_for_timeout(100)
    link.click()
    jean.page.locator("article").get_by_role("link").first.click()
    expect(jean.page.get_by_role("heading", level=1)).to_have_text("Conversation avec l’équipe")
    assert look_at(jean.page) == []
    ada.open("/administration/conversations")
    assert look_at(ada.page) == []
    ada.page.get_by_role("link", name="Autre chose").first.click()
    ada.press("Répondre")
    assert look_at(ada.page) == []
    ada.page.get_by_label("Votre réponse").fill("C’est noté.")
    ada.press("Répondre")
    assert look_at(ada.page) == []
