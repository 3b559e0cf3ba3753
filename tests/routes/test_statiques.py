"""Our own files, small, and nothing else of the disk."""

from pathlib import Path

import pytest

from app.routes.statiques import compress, read_served
from app.templating import STATIC, asset
from tests.browser import Browser

SCRIPTS = sorted(STATIC.glob("*.js"))
STYLES = sorted(STATIC.glob("*.css"))


@pytest.mark.parametrize(("accepted", "given"), [("gzip, deflate, br", "br"), ("gzip, deflate", "gzip")])
async def test_a_file_is_compressed_and_kept_for_a_year(accepted: str, given: str) -> None:
    browser = Browser()
    response = await browser.client.get(asset("aplus.css"), headers={"accept-encoding": accepted})
    assert response.status_code == 200
    assert response.headers["content-encoding"] == given
    assert response.headers["content-type"].startswith("text/css")
    assert "immutable" in response.headers["cache-control"]
    assert response.content == (STATIC / "aplus.css").read_bytes()


async def test_a_page_asks_for_its_style_before_it_is_read() -> None:
    """A region swapped by htmx is drawn with what its page has."""
    browser = Browser()
    whole = await browser.client.get("/connexion")
    assert whole.headers["link"] == f"<{asset('aplus.css')}>; rel=preload; as=style"
    assert f'href="{asset("aplus.css")}"' in whole.text
    swapped = await browser.client.get("/connexion", headers={"hx-request": "true"})
    assert "link" not in swapped.headers


async def test_a_browser_that_cannot_inflate_reads_it_too() -> None:
    response = await Browser().client.get(asset("aplus.js"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in response.headers
    lines = (STATIC / "aplus.js").read_text().splitlines()
    kept = [line.strip() for line in lines if line.strip() and not line.strip().startswith("//")]
    assert response.text.splitlines() == kept
    assert "`" not in "".join(line for line in kept if line.count("`") % 2), "a text over several lines"


@pytest.mark.parametrize(("files", "most"), [(SCRIPTS, 20_000), (STYLES, 12_000)])
@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_scripts_and_styles_are_light(files: list[Path], most: int, encoding: str) -> None:
    assert files
    assert sum(len(compress(read_served(file))[encoding]) for file in files) <= most


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x.css",
        "../README.md",
        "%2e%2e/README.md",
        "..%2fapp/settings.py",
        "%2fetc/passwd",
        "a%00b",
        ".",
        "a" * 300,
    ],
)
async def test_nothing_else_is_served(path: str) -> None:
    response = await Browser().client.get(f"/static/{path}")
    assert response.status_code == 404


async def test_what_is_written_for_who_keeps_the_files_is_not_served() -> None:
    assert (STATIC / "VENDORED.md").is_file()
    await Browser().get("/static/VENDORED.md", status=404)
