"""No input gives a status ≥ 500, on any route; every refusal is a French page with the whole header set (S3, S5)."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from structlog.testing import capture_logs

from app.routes import introuvable
from app.settings import ROOT
from tests.gardes.essai import start_again, undone
from tests.gardes.gestes import adresse_of, find_geste, prepare
from tests.gardes.hostiles import (
    BALISE,
    COOKIES,
    DANS_LE_CHEMIN,
    ENTETES,
    FORME,
    METHODES,
    QUERIES,
    VALEURS,
    list_champs,
    list_corps,
)
from tests.gardes.matrice import SIGN_IN, read_table
from tests.gardes.plan import ROUTES, Route
from tests.gardes.porte import Entetes, Reponse, Visiteur, pairs_of, write_multipart
from tests.gardes.roles import Objets, Scene, make_scene
from tests.gardes.tours import (
    BODIES,
    FICHIERS,
    SUFFIXES,
    bodies_of,
    cookies_of,
    criteria_of,
    files_of,
    headers_of,
    in_turn,
    methods_of,
    queries_of,
    suffixes_of,
)

# They walk every address, and every person: on a machine that others use, longer than any other test.
pytestmark = [pytest.mark.usefixtures("papier"), pytest.mark.timeout(900)]
Requests = Iterator[tuple[str, Awaitable[Reponse]]]
Maker = Callable[[Route, Visiteur, Objets], Requests]
CHAMPS = list_champs()
LOURDES = ("combining", "spaces", "long emoji", "digits")
TURNED_AWAY = {400, 403, 404, 405, 413}


def reaches(scene: Scene, route: Route) -> Visiteur:
    """Who gets deepest there: the first one, signed in if possible, whose act is done, or is only too late."""
    cells = next(cells for key, where, cells in read_table() if key == str(route) and where == "ici")
    done = [role for role, cell in cells.items() if cell in {"200", "204", "303"}]
    inside = [role for role in done if role != "dehors"]
    late = [role for role, cell in cells.items() if cell == "409"]
    return scene.visiteurs[(inside or done or late or ["auteur"])[0]]


# The certificate is only there once a demande is erased, which the matrix tries; the figures of the operators ask for
# a token that no visitor holds.
APART = {
    *("/demandes/{numero}/effacement", "/sante/metriques"),
    # Not there without its settings; tests/routes/test_proconnect.py tries it.
    *(f"/connexion/proconnect{way}" for way in ("", "/retour", "/fin", "/deconnexion")),
    # What leads nowhere is read there, and is always a 404.
    introuvable.URL,
}


async def test_hostile_addresses_and_headers(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    await judge(scene, dict.fromkeys(ROUTES, list_requests))


async def test_hostile_bodies(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    await judge(scene, {route: list_posts for route in ROUTES if route.methode == "POST"})


async def test_hostile_fields(now: datetime, store: Path) -> None:
    """Every field the site knows, all at once with each value, then those of the form one by one."""
    scene = await make_scene(now)
    fields = {"GET": list_get_fields, "POST": list_post_fields}
    await judge(scene, {route: fields[route.methode] for route in ROUTES})


def list_requests(route: Route, visiteur: Visiteur, objets: Objets) -> Requests:
    """Odd paths, queries, headers, cookies and methods around a good request."""
    methode, adresse = route.methode, adresse_of(str(route), objets)
    corps, form = write_act(route, visiteur, objets)
    for parametre in route.parametres:
        for name in DANS_LE_CHEMIN:
            values = {p: objets.value_of(route.chemin, p) for p in route.parametres} | {
                parametre: VALEURS[name]
            }
            odd = route.chemin.format(**values)
            yield f"{parametre} {name}", visiteur.send(methode, odd, corps=corps, entetes=form)
    for suffix in suffixes_of(route):
        yield f"path {suffix}", visiteur.send(methode, adresse + suffix, corps=corps, entetes=form)
    for name in queries_of(route):
        yield f"query {name}", visiteur.send(methode, f"{adresse}?{QUERIES[name]}", corps=corps, entetes=form)
    for name in headers_of(route):
        entetes = [*form, *ENTETES[name]]
        yield f"header {name}", visiteur.send(methode, adresse, corps=corps, entetes=entetes)
    own = "; ".join(f"{n}={v}" for n, v in visiteur.cookies.items()).encode()
    for name in cookies_of(route):
        cookie = own + b"; " + COOKIES[name] if name.startswith("+") else COOKIES[name]
        entetes = [*form, (b"cookie", cookie)]
        yield f"cookie {name}", visiteur.send(methode, adresse, corps=corps, entetes=entetes)
    for other in methods_of(route):
        yield f"method {other}", visiteur.send(other, adresse, corps=corps, entetes=form)


def write_act(route: Route, visiteur: Visiteur, objets: Objets) -> tuple[bytes, Entetes]:
    """The body that would act, and its headers; nothing for a page."""
    if route.methode == "GET":
        return b"", []
    geste = find_geste(str(route))
    if geste.corps is not None:
        return geste.corps, geste.entetes
    return visiteur.write(geste.champs(objets)), [FORME]


def list_posts(route: Route, visiteur: Visiteur, objets: Objets) -> Requests:
    """Every malformed body."""
    geste, adresse = find_geste(str(route)), adresse_of(str(route), objets)
    valid = visiteur.write(geste.champs(objets))
    corps_of = dict(list_corps(valid))
    for name in bodies_of(route):
        entetes = [*corps_of[name].entetes, *geste.entetes[:1]]
        yield f"body {name}", visiteur.send("POST", adresse, corps=corps_of[name].contenu, entetes=entetes)
    for nom, contenu in files_of(route):
        corps, forme = write_multipart(visiteur, geste.champs(objets), contenu, nom, champ=geste.champ)
        htmx = [(b"hx-request", b"true")] if geste.htmx else []
        yield f"file {nom!r}", visiteur.send("POST", adresse, corps=corps, entetes=[forme, *htmx])
    for contenu in JSON if geste.corps is not None else ():
        yield f"json {contenu[:20]!r}", visiteur.send("POST", adresse, corps=contenu, entetes=geste.entetes)


JSON = (
    *(b"", b"null", b"[", b"[]", b'"', b"{}", b"\xff\xfe", b"[" * 100_000, b"1" * 10_000, b"NaN"),
    b'{"msg_status": "replied", "to": {"a": 1}, "reply": null, "messageId": []}',
    b'{"msg_status": "replied", "to": "\\ud800", "reply": "\\ud800\\u0000", "messageId": "\\ud800"}',
    b'{"msg_status": "replied", "to": ' + b"9" * 400 + b', "reply": "OUI", "messageId": 1e400}',
    b'{"msg_status": "replied", "to": "'
    + b"3" * 100_000
    + b'", "reply": "'
    + b"O" * 100_000
    + b'", "messageId": 1}',
    b'{"msg_status": "replied", "to": "33612345678", "reply": "\\ud800\\u0000", "messageId": true, "ts_event": {}}',
)


def list_get_fields(route: Route, visiteur: Visiteur, objets: Objets) -> Requests:
    """Every criterion at once with each value."""
    adresse = adresse_of(str(route), objets)
    for name in criteria_of(route):
        value = VALEURS[name]
        query = "&".join(f"{champ}={value[:600]}" for champ in CHAMPS if champ != "destination")
        yield f"all {name}", visiteur.get(f"{adresse}?{query}&destination=/{value[:600]}")


def list_post_fields(route: Route, visiteur: Visiteur, objets: Objets) -> Requests:
    """Every field with each value; then, in a form that would act, one field after the other."""
    geste, adresse = find_geste(str(route)), adresse_of(str(route), objets)
    entetes = [FORME, *([(b"hx-request", b"true")] if geste.htmx else []), *geste.entetes[:1]]
    csrf = urlencode({"csrf": visiteur.csrf()})
    pairs = [(n, quote(v)) for n, v in pairs_of(geste.champs(objets))]
    own = {champ for champ, _ in pairs}
    # What takes long to read is one of four by turns, whole in the fields of this form: half a megabyte of it each time
    # was a fifth of this test.
    [lourde] = in_turn(route, LOURDES, turns=len(LOURDES))
    for name, value in ((n, v) for n, v in VALEURS.items() if n not in LOURDES or n == lourde):
        most = 300 if name == lourde else 3_000
        body = "&".join([csrf, *(f"{champ}={value[: 3_000 if champ in own else most]}" for champ in CHAMPS)])
        yield f"all {name}", visiteur.send("POST", adresse, corps=body.encode(), entetes=entetes)
    for rank, (champ, _) in enumerate(pairs):
        for name, value in some_values(rank, len(pairs)):
            others = [f"{n}={v}" for place, (n, v) in enumerate(pairs) if place != rank]
            body = "&".join([csrf, *others, f"{champ}={value}"])
            yield f"{champ} {name}", visiteur.send("POST", adresse, corps=body.encode(), entetes=entetes)


def some_values(rank: int, fields: int) -> list[tuple[str, str]]:
    """Every value in a short form; in a longer one each value comes in every second, or every fourth, field."""
    values, step = list(VALEURS.items()), 1 if fields < 4 else 2 if fields < 8 else 4
    return values[rank % step :: step]


async def judge(scene: Scene, asked: Mapping[Route, Maker]) -> None:
    """Send everything, each as if it were alone; say every route that failed, and why."""
    broken = []
    for route, make in asked.items():
        faults, statuses = [], set[int]()
        with capture_logs() as lines:
            async for name, reponse in each_alone(
                str(route), make(route, reaches(scene, route), scene.ici), scene.ici
            ):
                # OPTIONS is answered before the door.
                statuses |= {reponse.status} - ({204} if name == "method OPTIONS" else set())
                faults += [f"{name}: {fault}" for fault in faults_of(route, reponse)]
        is_apart = route.chemin.startswith("/_courriels/") or route.chemin in APART
        if statuses <= TURNED_AWAY and not is_apart:
            faults.append(f"nothing went past the door ({statuses}): this route is not tried at all")
        if faults:
            reasons = [
                f"{line['error']} at {line['where']}" for line in lines if line["event"] == "unexpected"
            ]
            broken += [str(route), *faults[:8], *list(dict.fromkeys(reasons))[:8]]
    assert not broken, "\n  ".join(broken)


async def each_alone(key: str, requests: Requests, objets: Objets) -> AsyncIterator[tuple[str, Reponse]]:
    """The answers, each as if what its act needs were true and nothing else had been asked."""
    async with undone():
        await prepare(key, objets)
        async with undone():
            for name, asking in requests:
                yield name, await asking
                await start_again()


def faults_of(route: Route, reponse: Reponse) -> list[str]:
    """What no answer may be."""
    faults = [*reponse.fautes]
    if reponse.status >= 500:
        faults.append(f"status {reponse.status}")
    if BALISE in reponse.texte:
        faults.append("markup comes back as it went")
    # A program reads JSON; everybody else a page.
    is_shown = reponse.status >= 400 and reponse.corps and not route.chemin.startswith("/api/")
    if is_shown and not ('<html lang="fr"' in reponse.texte or "<h1" in reponse.texte or reponse.is_html):
        faults.append(f"status {reponse.status} without a French page: {reponse.texte[:60]!r}")
    return faults


def test_the_signs_of_the_matrix_are_known() -> None:
    """`reaches` reads the table: a cell it would not understand would send nobody."""
    cells = {cell for _, _, row in read_table() for cell in row.values()}
    assert cells <= {SIGN_IN, "200", "204", "303", "401", "403", "404", "409", "422"}


#: What comes by turns: what each route meets of it, and all there is.
BY_TURNS: dict[str, tuple[Callable[[Route], Iterable[Hashable]], Iterable[Hashable]]] = {
    "path": (suffixes_of, SUFFIXES),
    "query": (queries_of, QUERIES),
    "header": (headers_of, ENTETES),
    "cookie": (cookies_of, COOKIES),
    "method": (methods_of, METHODES),
    "criterion": (criteria_of, VALEURS),
    "body": (bodies_of, BODIES),
    "file": (files_of, FICHIERS),
}


@pytest.mark.parametrize("methode", ["GET", "POST"])
@pytest.mark.parametrize("sort", BY_TURNS)
def test_each_odd_value_comes_to_many_routes(sort: str, methode: str) -> None:
    """By turns, and none is left out."""
    values_of, every = BY_TURNS[sort]
    met = Counter(value for route in ROUTES if route.methode == methode for value in values_of(route))
    assert set(met) == set(every)
    assert min(met.values()) >= 10, met


def test_who_reads_an_address_says_so() -> None:
    """`reads_criteria` asks what a handler asks for: nothing else reads them, but the list that one came from."""
    readers = [
        str(path.relative_to(ROOT / "app"))
        for path in sorted((ROOT / "app").rglob("*.py"))
        if "query_params" in path.read_text(encoding="utf-8")
    ]
    assert readers == ["pages.py", "routes/params.py"]
