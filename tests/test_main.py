"""How the application is assembled."""

from litestar.routes import HTTPRoute

from app.main import create_litestar


def test_what_a_handler_asks_for_is_found_one_after_the_other() -> None:
    """Litestar starts a group of tasks for each batch of several: none is left, and nothing asked for is lost."""
    asked = {
        (route.path, method): (set(handler.parsed_fn_signature.parameters), kwargs.dependency_batches)
        for route in create_litestar(is_tested=True).routes
        if isinstance(route, HTTPRoute)
        for method, (handler, kwargs) in route.route_handler_map.items()
    }
    assert {len(batch) for _, batches in asked.values() for batch in batches} == {1}
    found = {one.key for batch in asked["/demandes/recues", "GET"][1] for one in batch}
    assert found == {"signed", "criteres", "now"} == asked["/demandes/recues", "GET"][0] - {"request"}
