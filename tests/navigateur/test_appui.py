"""A press lands on what it was aimed at: nothing moves between the moment it begins and the moment it ends."""

from playwright.sync_api import Locator, Page, Route, expect

from tests.navigateur.fixtures import Arrival

# How long a finger stays, and whoever is slow.
HELD_MS = 400


def begin_press(page: Page, aimed: Locator) -> None:
    """The button of the mouse goes down on it, and an answer would have the time to come."""
    aimed.scroll_into_view_if_needed()
    box = aimed.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def end_press(page: Page) -> None:
    """The button goes up where it went down."""
    page.wait_for_timeout(HELD_MS)
    page.mouse.up()


def press_slowly(page: Page, aimed: Locator) -> None:
    """Down, and up where it went down."""
    begin_press(page, aimed)
    end_press(page)


def test_what_leaving_a_field_asks_for_does_not_move_what_is_pressed(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.get_by_label("Description").fill("L’appeler au 06 12 34 56 78.")
    press_slowly(page, page.get_by_label("Urgente"))
    aida.says("À savoir : la description contient des données")
    assert page.get_by_label("Urgente").is_checked()


def test_an_answer_that_comes_during_a_press_waits_for_its_end(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/demandes/nouvelle", hold)
    page.get_by_label("Description").fill("L’appeler au 06 12 34 56 78.")
    with page.expect_request("**/demandes/nouvelle"):
        page.keyboard.press("Tab")
    begin_press(page, page.get_by_label("Urgente"))
    held.pop().continue_()
    end_press(page)
    page.unroute("**/demandes/nouvelle", hold)
    aida.says("À savoir : la description contient des données")
    assert page.get_by_label("Urgente").is_checked()


def test_an_error_that_goes_does_not_move_what_is_pressed(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    aida.press("Envoyer ma demande")
    page.locator(".ap-erreurs").wait_for()
    errors = page.locator(".ap-erreurs li").count()
    page.get_by_label("Titre").fill("Un titre")
    press_slowly(page, page.get_by_label("Urgente"))
    assert page.get_by_label("Urgente").is_checked()
    expect(page.locator(".ap-erreurs li")).not_to_have_count(errors)


def test_a_press_that_never_ends_holds_nothing_back(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.get_by_label("Description").fill("L’appeler au 06 12 34 56 78.")
    begin_press(page, page.get_by_label("Urgente"))
    aida.says("À savoir : la description contient des données")
