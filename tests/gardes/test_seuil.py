"""The threshold of every address: no act without a form of ours, no way in for who is out, no mixing of objects."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from app import cookies, database
from app.porte import INSCRIPTION, PREUVE
from tests.cast import CAST
from tests.gardes.essai import undone
from tests.gardes.gestes import TELEPHONES, adresse_of, do, find_geste, prepare, route_of, see_now
from tests.gardes.matrice import read_table
from tests.gardes.plan import OPTIONS, ROUTES
from tests.gardes.porte import FORME, Entetes, Reponse, Visiteur, enter, pairs_of
from tests.gardes.roles import Objets, make_objets, make_scene
from tests.gardes.test_matrice import TRACES, cell_of

pytestmark = pytest.mark.usefixtures("papier")

#: What a post may lack or say too much; None keeps the csrf token as it is.
FORGERIES: dict[str, tuple[str | None, Entetes]] = {
    "no token": ("", []),
    "nonsense": ("zz.zz.zz", []),
    "token of another session": ("other", []),
    "another site": (None, [(b"sec-fetch-site", b"cross-site")]),
    "a subdomain": (None, [(b"sec-fetch-site", b"same-site")]),
    "another origin": (None, [(b"origin", b"https://zorbe.example")]),
    "our name inside": (None, [(b"origin", b"http://127.0.0.1:8000.zorbe.example")]),
}


async def test_no_act_without_a_form_of_ours(now: datetime, store: Path) -> None:
    """Every post, from the one who could do it: refused, and nothing changes."""
    scene = await make_scene(now)
    tried = 0
    for key, where, cells in read_table():
        geste = find_geste(key)
        role = next((r for r, cell in cells.items() if cell in {"200", "303"} and r != "dehors"), None)
        if not key.startswith("POST ") or where != "ici" or role is None or geste.corps is not None:
            continue
        visiteur, adresse = scene.visiteurs[role], adresse_of(key, scene.ici)
        other = scene.visiteurs["pilote" if role != "pilote" else "admin"].csrf()
        await prepare(key, scene.ici)
        for name, (token, entetes) in FORGERIES.items():
            csrf = visiteur.csrf() if token is None else token.replace("other", other)
            corps = urlencode([("csrf", csrf), *pairs_of(geste.champs(scene.ici))]).encode()
            before = await database.fetch(TRACES)
            reponse = await visiteur.send("POST", adresse, corps=corps, entetes=[*FORME, *entetes])
            assert (reponse.status, reponse.fautes) == (403, []), f"{key}, {name}: {reponse.status}"
            assert await database.fetch(TRACES) == before, f"{key}, {name}"
            tried += 1
    assert tried > 100


async def test_who_is_out_is_out_everywhere(now: datetime, store: Path) -> None:
    """A session ended, left or forged, an account deactivated: at once, exactly what the street gets."""
    scene = await make_scene(now)
    for name, end in ENDS.items():
        async with undone():
            aida = await enter(CAST.aida)
            aida.cookies |= scene.visiteurs["dehors"].cookies
            await database.fetch(end, *([CAST.aida] if "$1" in end else []))
            if name == "forged":
                aida.cookies[cookies.cookie_name("session")] += "0"
            for key, where, cells in read_table():
                # The link of an account that is no more is dead too: a page says so.
                if where == "ici" and not route_of(key).chemin.startswith("/connexion/lien/"):
                    got = cell_of(await alone(key, aida, scene.ici))
                    # A text that can wait for nobody is given back to whoever sent it, and nothing else is said.
                    is_given_back = (
                        name == "deactivated" and key.startswith("POST ") and cells["dehors"] == "→"
                    )
                    assert got in {cells["dehors"], *(["403"] if is_given_back else [])}, (
                        f"{key}, {name}: {got}"
                    )


ENDS = {
    "ended": "update sessions set expires_at = created_at where agent = $1",
    "left": "delete from sessions where agent = $1",
    "deactivated": "update agents set deactivated_at = created_at where id = $1",
    "forged": "select 1",
}


async def test_who_has_not_accepted_the_conditions_goes_there_first(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    await database.fetch("update agents set cgu_version = 'old'")
    sent = []
    for route, opt in OPTIONS.items():
        reponse = await alone(str(route), scene.visiteurs["auteur"], scene.ici)
        goes = reponse.entete("location") or reponse.entete("hx-redirect")
        is_sent = goes.startswith("/cgu?destination=")
        assert is_sent is not bool(opt.get("sans_cgu") or opt.get("sans_session")), str(route)
        sent += [route] if is_sent else []
    assert len(sent) > 25


@pytest.mark.parametrize("page", [INSCRIPTION, PREUVE])
async def test_who_has_not_given_the_second_factor_goes_there_first(
    page: str, now: datetime, store: Path
) -> None:
    """A session of the mail alone is a stranger on public pages, and sees and does nothing anywhere else."""
    scene = await make_scene(now)
    await database.fetch("update sessions set second_facteur_at = null")
    if page == PREUVE:
        await database.fetch(TELEPHONES)
    sent = []
    for route, opt in OPTIONS.items():
        reponse = await alone(str(route), scene.visiteurs["admin"], scene.ici)
        goes = reponse.entete("location") or reponse.entete("hx-redirect")
        # What is tried on somebody who has a phone asks for its code.
        asked = PREUVE if find_geste(str(route)).avant == TELEPHONES else page
        is_sent = goes.startswith(f"{asked}?destination=")
        is_open = (
            route.chemin == page or opt.get("sans_session") or (opt.get("public") and opt.get("sans_cgu"))
        )
        assert is_sent is not bool(is_open), str(route)
        sent += [route] if is_sent else []
        # One’s own name stands above the code that is asked, and nowhere else.
        assert route.chemin == page or "Moreau" not in reponse.texte, str(route)
    assert len(sent) > 100


async def test_objects_of_two_demandes_do_not_mix(now: datetime, store: Path) -> None:
    """My demande in the address, and after it the object of another one, even mine."""
    scene = await make_scene(now)
    groupes = CAST.groupes
    mine = await make_objets(
        CAST.aida, groupes.france_services, asked=groupes.caf, autre=groupes.cpam, departement="22", now=now
    )
    for route in ROUTES:
        if len(route.parametres) > 1 and "numero" in route.parametres:
            for other in (scene.ailleurs, mine):
                mixed = replace(other, numero=scene.ici.numero)
                for role in ("auteur", "instructeur", "expert"):
                    reponse = await alone(str(route), scene.visiteurs[role], mixed)
                    assert reponse.status == 404, (str(route), role)


async def test_a_file_waiting_in_a_form_is_its_sender_s_alone(now: datetime, store: Path) -> None:
    """Neither taken back, nor sent, by anybody else who knows the form, the file and the demande."""
    scene = await make_scene(now)
    ici = scene.ici
    waiting = (
        "select id, uploaded_by, demande, message, erased_at, cle from pieces_jointes where brouillon = $1"
    )
    mine = await database.fetch(waiting, ici.formulaire)
    [piece] = mine
    contents = names_of(store)
    for role in ("invite", "collegue", "instructeur", "expert", "responsable"):
        visiteur = scene.visiteurs[role]
        await visiteur.post(
            "/pieces-jointes",
            {"pieces_de": ici.formulaire, "pieces_demande": ici.numero, "retirer": piece["id"]},
            htmx=True,
        )
        for champs in ({"cle": uuid4()}, {"cle": ici.formulaire}, {"cle": uuid4(), "retirer": piece["id"]}):
            await visiteur.post(
                f"/demandes/{ici.numero}/messages",
                {
                    "acte": "message",
                    "texte": "Bonjour.",
                    "vu": await see_now(visiteur.agent, ici.numero),
                    "pieces_de": ici.formulaire,
                    **champs,
                },
            )
        await visiteur.post(f"/brouillons/{ici.formulaire}/suppression")
        assert await database.fetch(waiting, ici.formulaire) == mine, role
        assert names_of(store) == contents, role
    assert (await scene.visiteurs["invite"].get(f"/pieces-jointes/{piece['id']}")).status == 404
    assert (await scene.visiteurs["auteur"].get(f"/pieces-jointes/{piece['id']}")).status == 200


def names_of(store: Path) -> list[str]:
    """The files kept."""
    return sorted(path.name for path in store.rglob("*"))


async def alone(key: str, visiteur: Visiteur, objets: Objets) -> Reponse:
    """The answer; then it is as if nothing had been asked."""
    async with undone():
        await prepare(key, objets)
        return await do(key, visiteur, objets)
