"""Every page of a running demonstration, as each person, judged by the validator of the W3C (issue 17).

    bin/demo                                          # in another window
    python -m bench.html /path/to/vnu.jar             # needs Java; the jar is published as `vnu-jar` (npm)

Prints how many pages were read and each kind of error once, with a page that has it; ends with 1 when there is one.
"""

import argparse
import json
import re
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

PERSONNES = ("ines", "aida", "rose", "ada", "paul", "elie")
STARTS = (
    "/",
    "/profil",
    "/demandes/nouvelle",
    "/aide",
    "/accessibilite",
    "/_composants",
    "/quoi-de-neuf?depuis=semaine",
)
PAGES_MAX = 70
SAME_SHAPE_MAX = 2
NOT_PAGES = re.compile(r"/static/|/deconnexion|\.(csv|ods|pdf|json|txt)\b|/lien/")


def sign_in(client: httpx.Client, email: str) -> None:
    """By the mail that the demonstration keeps."""
    page = client.get("/connexion").text
    former = newest_courriel(client)
    client.post("/connexion", data={"csrf": csrf_of(page), "email": email})
    for _ in range(60):
        courriel = newest_courriel(client)
        if courriel != former:
            break
        time.sleep(0.5)
    lien = re.search(r"/connexion/lien/[\w-]+", client.get(courriel).text)
    assert lien, "no sign-in mail came"
    entered = client.post(lien[0], data={"csrf": csrf_of(client.get(lien[0]).text)}, follow_redirects=True)
    # An address asks for a few mails an hour only: beyond, the pages measured would be those of the sign-in.
    assert not entered.url.path.startswith("/connexion"), (
        f"{email} did not enter: wait, or start on fresh data"
    )


def newest_courriel(client: httpx.Client) -> str:
    """The address of the last mail that left; empty when none did."""
    found = re.search(r'href="(/_courriels/[^"]+)"', client.get("/_courriels").text)
    return found[1] if found else ""


def csrf_of(page: str) -> str:
    """The token that the forms of a page carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "this page has no form"
    return found[1]


def write_pages(client: httpx.Client, prefix: str, folder: Path) -> int:
    """The pages that a person reaches by links, two of each shape."""
    waiting, seen, shapes = list(STARTS), set[str](), Counter[str]()
    while waiting and len(seen) < PAGES_MAX:
        adresse = waiting.pop(0)
        shape = re.sub(r"\d+", "N", adresse.split("?")[0])
        if adresse in seen or shapes[shape] >= SAME_SHAPE_MAX:
            continue
        seen.add(adresse)
        shapes[shape] += 1
        answer = client.get(adresse, follow_redirects=True)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        (folder / f"{prefix}{re.sub(r'[^a-z0-9]+', '_', adresse)[:80]}.html").write_text(answer.text)
        links = re.findall(r'href="(/[^"#]*)"', answer.text)
        waiting += [link.replace("&amp;", "&") for link in links if not NOT_PAGES.search(link)]
    return len(seen)


def main() -> int:
    """Walk, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jar")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, pages = Path(name), 0
        for personne in PERSONNES:
            with httpx.Client(base_url=asked.base, timeout=30) as client:
                sign_in(client, f"{personne}@exemple.fr")
                pages += write_pages(client, personne, folder)
        command = ["java", "-jar", asked.jar, "--format", "json", "--errors-only", "--skip-non-html", name]
        said = json.loads(subprocess.run(command, capture_output=True, check=False).stderr)
    errors = Counter[str]()
    example = dict[str, str]()
    for message in said["messages"]:
        kind = re.sub(r"“[^”]*\d[^”]*”", "“…”", message["message"])
        errors[kind] += 1
        example.setdefault(kind, f"{Path(message['url']).name}:{message.get('lastLine')}")
    print(f"{pages} pages, {sum(errors.values())} errors of {len(errors)} kinds")
    for kind, nombre in errors.most_common():
        print(f"{nombre:6} {kind} ({example[kind]})")
    return 1 if errors else 0


if __name__ == "__main__":
    raise SystemExit(main())
