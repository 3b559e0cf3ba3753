"""A press lands on what it was aimed at: nothing moves between the moment it begins and the moment it ends."""

from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

# How long a finger stays, and whoever is slow.
HELD_MS = 400
FORM = "**/demandes/nouvelle"


def open_form(arrive: Arrival) -> tuple[Personne, Page]:
    """A new demande, by who asks for it; Chromium scrolls along with what moves above, which not every browser does."""
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.evaluate("() => { document.documentElement.style.overflowAnchor = 'none'; }")
    return aida, page


def write_a_number(page: Page) -> None:
    """What the page has something to say of, once one leaves the field."""
    page.get_by_label("Description").fill("L’appeler au 06 12 34 56 78.")


def place_of(aimed: Locator) -> FloatRect:
    """Where it is on the screen."""
    box = aimed.bounding_box()
    assert box
    return box


def begin_press(page: Page, aimed: Locator) -> FloatRect:
    """The button of the mouse goes down on it; where that is."""
    aimed.scroll_into_view_if_needed()
    box = place_of(aimed)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    return box


def end_press(page: Page, aimed: Locator, box: FloatRect) -> None:
    """An answer had the time to come, and it has not moved: the button goes up on what it was aimed at."""
    page.wait_for_timeout(HELD_MS)
    assert place_of(aimed) == box
    page.mouse.up()
    expect(aimed).to_be_checked()


def test_what_leaving_a_field_asks_for_does_not_move_what_is_pressed(arrive: Arrival) -> None:
    aida, page = open_form(arrive)
    urgente = page.get_by_label("Urgente")
    write_a_number(page)
    end_press(page, urgente, begin_press(page, urgente))
    aida.says("À savoir : la description contient des données")


def test_an_answer_that_comes_during_a_press_waits_for_its_end(arrive: Arrival) -> None:
    aida, page = open_form(arrive)
    urgente = page.get_by_label("Urgente")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(FORM, hold)
    write_a_number(page)
    with page.expect_request(FORM):
        page.keyboard.press("Tab")
    box = begin_press(page, urgente)
    held.pop().continue_()
    end_press(page, urgente, box)
    page.unroute(FORM, hold)
    aida.says("À savoir : la description contient des données")


def test_an_error_that_goes_does_not_move_what_is_pressed(arrive: Arrival) -> None:
    aida, page = open_form(arrive)
    urgente = page.get_by_label("Urgente")
    aida.press("Envoyer ma demande")
    page.locator(".ap-erreurs").wait_for()
    errors = page.locator(".ap-erreurs li").count()
    page.get_by_label("Titre").fill("Un titre")
    end_press(page, urgente, begin_press(page, urgente))
    expect(page.locator(".ap-erreurs li")).not_to_have_count(errors)


def test_a_press_that_never_ends_holds_nothing_back(arrive: Arrival) -> None:
    aida, page = open_form(arrive)
    write_a_number(page)
    begin_press(page, page.get_by_label("Urgente"))
    aida.says("À savoir : la description contient des données")
