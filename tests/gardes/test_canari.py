"""Canaries: a word in every sensitive field, then the whole site walked as each principal (quality S2; product §3).

Both ways: nobody reads what the table refuses, and everybody reads what it allows — a walk that finds nothing would
prove nothing.
"""

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
import structlog

from app import cookies, database, visite
from app.domain.echanges import messages
from app.domain.faits.courriels import claim_courriels
from app.poste import write_courriel
from app.settings import get_settings
from tests.cast import CAST
from tests.factories import list_journal
from tests.gardes.canaris import AU_REPOS, CHIFFRES, found_in, list_canaris, make_volee, mot, send_later
from tests.gardes.gestes import post_here, see_now
from tests.gardes.marche import (
    ELEMENTS,
    SEARCHES,
    UUID,
    list_known,
    masked,
    nothing_like,
    piece_of,
    search,
    walk,
)
from tests.gardes.porte import Visiteur, enter, write_multipart
from tests.gardes.roles import ROLES, Scene, make_agent

# They walk every address, and every person: on a machine that others use, longer than any other test.
pytestmark = [pytest.mark.usefixtures("papier"), pytest.mark.timeout(900)]
LISIBLES = dict(list_canaris())
#: Who reads no private message, and must not learn that there is one.
OUTSIDE = [role for role in ROLES if role not in LISIBLES["prive_a"]]
#: What `afficher` gives, one at a time, journalled.
MASKED = {"nir", "caf", "telephone_usager", "autre_valeur_a"}
#: What a search looks into.
SEARCHED = ("titre", "prenom", "nom", "public", "prive", "invitation")

#: They change by themselves: a new secret is proposed to a phone at every visit.
MOVING = ("/groupes", "/profil/donnees", "/profil/second-facteur", "/administration")


@pytest.mark.parametrize(
    ("around", "is_found"),
    [
        ("CAF{}", True),
        ("n°\u00a0{} du 12", True),
        ("+33{}", True),
        ("/{}/", True),
        ("<mark>{}</mark>", True),
        ("0a1b2c3d4e5f{}a", False),
        ("{}b-0c1d-4e2f-8a3b-0123456789ab", False),
    ],
)
def test_digits_are_found_in_a_text_and_not_in_a_name_drawn_by_chance(around: str, is_found: bool) -> None:
    digits = CHIFFRES["caf"]
    assert len(digits) == 7
    for written in (digits, f"{digits[:3]} {digits[3:]}")[: 1 + is_found]:
        assert ("caf" in found_in(around.format(written))) is is_found


async def test_each_reads_what_they_may_and_nothing_else(now: datetime, store: Path) -> None:
    scene, demandes = await make_volee(now)
    known = await list_known([scene.ici, scene.ailleurs, *demandes.values()])
    seen: dict[tuple[str, str], str] = {}
    for role, visiteur in scene.visiteurs.items():
        walked = await walk(visiteur, known)
        if role == "admin":
            assert {f"/administration/referentiel/{sorte}/{code}" for sorte, code in ELEMENTS.items()} < set(
                walked
            )
        for adresse, reponse in walked.items():
            assert reponse.status < 500, (role, adresse)
            for nom in found_in(reponse.texte + str(reponse.entetes)):
                seen.setdefault((nom, role), adresse)
    leaks = [f"{role} reads {n} at {a}" for (n, role), a in seen.items() if role not in LISIBLES[n]]
    assert not leaks, "product §3 forbids it: " + "; ".join(sorted(leaks))
    unseen = [f"{role} {n}" for n, allowed in LISIBLES.items() for role in allowed if (n, role) not in seen]
    assert not unseen, "may read it and found it nowhere: " + "; ".join(sorted(unseen))


async def test_masked_identifiers_show_one_at_a_time_and_are_journalled(now: datetime, store: Path) -> None:
    scene, demandes = await make_volee(now)
    a = demandes["a"].numero
    rows = await database.fetch("select id from usager_informations where demande = :demande", demande=a)
    for role in ("auteur", "invite", "instructeur", "arrive", "expert"):
        shown = set()
        for row in rows:
            reponse = await scene.visiteurs[role].post(f"/demandes/{a}/informations/{row['id']}")
            here = found_in(reponse.texte) & MASKED
            assert len(here) == 1, role
            shown |= here
        assert shown == MASKED, role
    assert len(await list_journal("identifiant_affiche")) == 5 * len(rows)


async def test_searching_tells_nobody_what_they_may_not_read(now: datetime, store: Path) -> None:
    """Not a result, not a count, not a size: the page is that of a word nobody wrote."""
    scene, _ = await make_volee(now)
    for role, visiteur in scene.visiteurs.items():
        if role == "dehors":
            continue
        empty: dict[int, list[str]] = {}
        for nom, allowed in LISIBLES.items():
            asked, nobody = piece_of(nom), nothing_like(nom)
            if len(nobody) not in empty:
                empty[len(nobody)] = [masked(r).replace(nobody, "?") for r in await search(visiteur, nobody)]
            got = await search(visiteur, asked)
            if role not in allowed:
                for place, page, void in zip(SEARCHES, got, empty[len(nobody)], strict=True):
                    assert masked(page).replace(asked, "?") == void, f"{role} learns of {nom} at {place}"
            elif nom.rpartition("_")[0] in SEARCHED:
                assert any(nom in found_in(page.texte) for page in got), f"{role} does not find {nom}"


async def test_mails_say_the_number_and_the_organisme_only(now: datetime, store: Path) -> None:
    await make_volee(now)
    await database.fetch("update courriels set is_waiting = false")  # each one, whatever hour its agent chose
    envois = await claim_courriels(now + timedelta(days=1), 1000)
    assert {"demande_envoyee", "message_envoye", "invitation_envoyee", "mandat_revoque"} <= {
        envoi.fait for envoi in envois
    }
    for envoi in envois:
        courriel = write_courriel(envoi, get_settings())
        assert courriel["To"] == envoi.adresse
        assert not found_in(_text_of(courriel)), envoi.fait


def _text_of(courriel: EmailMessage) -> str:
    """Everything a mail says but the address it goes to."""
    parts = [part.get_content() for part in courriel.walk() if part.get_content_maintype() == "text"]
    assert len(parts) == 2
    return "\n".join([*parts, *(str(v) for nom, v in courriel.items() if nom != "To")])


async def test_logs_hold_ids_and_codes_only(
    now: datetime, store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def break_down(*_: object, **__: object) -> int:
        raise RuntimeError(f"the text was {mot('public_a')}")

    with structlog.testing.capture_logs() as lines:
        scene, demandes = await make_volee(now)
        ines = scene.visiteurs["instructeur"]
        await walk(ines, await list_known(demandes.values()))
        await search(ines, mot("nom_a"))
        monkeypatch.setattr(messages, "post_message", break_down)
        champs = {"acte": "message", "cle": uuid4(), "texte": mot("nom_a")}
        reponse = await post_here(ines, f"/demandes/{demandes['a'].numero}/messages", champs)
        assert reponse.status == 500
        # Who typed it gets it back, and nothing of what broke.
        assert found_in(reponse.texte) == {"nom_a"}
    assert [line["error"] for line in lines if line["event"] == "unexpected"] == ["RuntimeError"]
    said = "\n".join(map(str, [*lines, caplog.text]))
    assert not found_in(said)
    jeton = ines.cookies[cookies.cookie_name("session")].split(".")[1]
    assert jeton not in said and "@exemple.fr" not in said


async def test_words_lie_where_they_must_and_sealed_everywhere_else(now: datetime, store: Path) -> None:
    """Columns, queue, journal and files: what is searched stands as it is, the rest is sealed, the journal has none."""
    await make_volee(now)
    lying: dict[str, set[str]] = {}
    for row in await database.fetch(COLUMNS):
        column = f"{row['table_name']}.{row['column_name']}"
        for found in await database.fetch(
            f'select "{row["column_name"]}" as it from "{row["table_name"]}" '
            f'where "{row["column_name"]}" is not null'
        ):
            it = found["it"].decode("latin-1") if isinstance(found["it"], bytes) else str(found["it"])
            lying.setdefault(column, set()).update(nom for nom in found_in(it))
    kinds = {column: {_kind(nom) for nom in noms} for column, noms in lying.items() if noms}
    assert kinds == AU_REPOS
    assert len(read_store(store)) >= 5
    assert not any(map(found_in, read_store(store)))


def read_store(store: Path) -> list[str]:
    """Every file as it lies, its path before it."""
    return [f"{path} {path.read_bytes().decode('latin-1')}" for path in store.rglob("*") if path.is_file()]


COLUMNS = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' order by table_name, ordinal_position
"""


def _kind(nom: str) -> str:
    """The field of a canary, whatever its demande."""
    return nom.removesuffix("_a").removesuffix("_b").removesuffix("_c") if nom not in CHIFFRES else nom


async def test_what_waits_changes_nothing_for_anybody_and_a_private_message_nothing_outside(
    now: datetime, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte: no count, no date, no order, no size moves for who may not read it.

    The two stories are told one after the other on the same pages: what waits left them as they were.
    """
    scene, demandes = await make_volee(now)
    numero = demandes["a"].numero
    # Who writes never came before: having written is the only trace they leave.
    irma, ilda = [
        await enter(await make_agent(prenom, CAST.groupes.caf, now, role="instructeur"))
        for prenom in ("Irma", "Ilda")
    ]
    known = [*await list_known([demandes["a"]]), *(f"{s}?tri=activite" for s in SEARCHES)]
    before = await _pages_of_all(scene, known)
    await _wait_for_an_answer(scene, ilda, numero, known, before)
    # The answers that wait would leave meanwhile.
    await database.fetch(
        "update brouillons set part_at = :later where part_at is not null", later=now + timedelta(days=1)
    )
    await database.fetch("delete from courriels")
    cle = uuid4()
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(hours=1))
    vu_avant = await see_now(scene.visiteurs["auteur"].agent, numero)
    champs = {
        "acte": "message",
        "cle": cle,
        "pieces_de": cle,
        "texte": "Entre nous.",
        "is_prive": 1,
        "vu": await see_now(irma.agent, numero),
    }
    corps, forme = write_multipart(irma, champs, b"Entre nous aussi.")
    reponse = await irma.send("POST", f"/demandes/{numero}/messages", corps=corps, entetes=[forme])
    assert reponse.status == 303
    # Her groupe sees when she came, whatever she did then.
    await database.fetch("update agents set last_seen_at = null where id = :irma", irma=irma.agent)
    monkeypatch.setattr(visite, "clock", lambda: now)
    for role in ROLES:
        moved = await _list_moved(scene, role, known, before)
        if role in OUTSIDE:
            assert not moved, f"{role} sees what waits, or what is said between instructeurs: {moved[:5]}"
        else:
            assert f"/demandes/{numero}" in moved, role
    told = {row["adresse"] for row in await database.fetch("select adresse from courriels")}
    inside = {f"{mot('adresse')}@exemple.fr", "elie@exemple.fr", "elsa@exemple.fr"}
    assert told and told <= inside
    # Nor does the author meet it when writing: nothing arrived meanwhile.
    champs = {"acte": "message", "cle": uuid4(), "texte": "Merci.", "vu": vu_avant}
    reponse = await post_here(scene.visiteurs["auteur"], f"/demandes/{numero}/messages", champs)
    assert reponse.status == 303


async def _wait_for_an_answer(
    scene: Scene, ilda: Visiteur, numero: int, known: list[str], before: dict[str, dict[str, str]]
) -> None:
    """An answer that waits: nobody else reads, counts, finds or is told anything before it leaves.

    It is still waiting when who is outside is walked, after the private message: both must change nothing for them.
    """
    told = await database.fetch("select count(*) from courriels")
    await send_later(ilda, numero)
    assert await database.fetch("select from brouillons where agent = :ilda", ilda=ilda.agent)
    await database.fetch("update agents set last_seen_at = null where id = :ilda", ilda=ilda.agent)
    for role in (role for role in ROLES if role not in OUTSIDE):
        assert not await _list_moved(scene, role, known, before), role
    assert await database.fetch("select count(*) from courriels") == told


async def _list_moved(
    scene: Scene, role: str, known: list[str], before: dict[str, dict[str, str]]
) -> list[str]:
    """The addresses where this role finds something else than before.

    The page of a groupe says who joined it and came when, whatever they did. One’s own data counts what one opened and
    exported, by this very walk. The journal tells the A+ team that somebody wrote, never what.
    """
    after = await _pages(scene.visiteurs[role], known)
    return sorted(
        a for a in before[role] | after if before[role].get(a) != after.get(a) and not a.startswith(MOVING)
    )


async def _pages_of_all(scene: Scene, known: list[str]) -> dict[str, dict[str, str]]:
    """What each finds at each address, once everyone has left their marks there (« consultée le »)."""
    opened = [f"/demandes/{row['numero']}" for row in await database.fetch("select numero from demandes")]
    for visiteur in scene.visiteurs.values():
        for adresse in opened:
            await visiteur.get(adresse)
    return {role: await _pages(scene.visiteurs[role], known) for role in ROLES}


async def _pages(visiteur: Visiteur, known: list[str]) -> dict[str, str]:
    """What stands at each address; a form not known yet has a new one at every visit."""
    fixed = "".join(known)
    return {
        UUID.sub(lambda found: found[0] if found[0] in fixed else "uuid", adresse): f"{r.status} {masked(r)}"
        for adresse, r in (await walk(visiteur, known)).items()
    }
