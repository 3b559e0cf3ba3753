"""The child that prints (`python -m app.imprimeur`): HTML comes in by a pipe, a tagged PDF goes out.

It knows nothing of the application and fetches nothing; `impression.py` feeds it, and `enfant.py` bounds it.
"""

import json
from collections.abc import Callable
from typing import Any

from app.enfant import run_child


def load() -> Callable[[bytes], bytes]:
    """WeasyPrint, warm: what turns a JSON of our HTML and its style into a PDF."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - only the child carries it
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415

    class NothingOutside(URLFetcher):  # type: ignore[misc]
        """Our documents need nothing from outside: one that asks is not ours, and is refused whole."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise FatalURLFetchingError

    nothing = NothingOutside()

    def render(demande: bytes) -> bytes:
        document = json.loads(demande)
        polices = FontConfiguration()
        feuille = CSS(string=document["style"], url_fetcher=nothing, font_config=polices)
        html = HTML(string=document["html"], url_fetcher=nothing)
        pdf: bytes = html.write_pdf(stylesheets=[feuille], font_config=polices, pdf_variant="pdf/ua-1")
        return pdf

    # A first document is printed for nobody: it pays for the fonts and the late imports.
    render(
        json.dumps({"html": '<html lang="fr"><title>É</title><ul><li><b>é</b></ul>', "style": ""}).encode()
    )
    return render


if __name__ == "__main__":
    run_child(load)
