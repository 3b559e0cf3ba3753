"""A conversation with the A+ team, refused, begun, followed by the link of a mail, answered: for everyone (A1)."""

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
    jean.page.goto(jean.wait_for_courriel("jean@exemple.fr", None))
    assert look_at(jean.page) == []
    ada.open("/administration/conversations")
    assert look_at(ada.page) == []
    ada.page.get_by_role("link", name="Autre chose").first.click()
    ada.press("Répondre")
    assert look_at(ada.page) == []
    ada.page.get_by_label("Votre réponse").fill("C’est noté.")
    ada.press("Répondre")
    assert look_at(ada.page) == []
