"""`/api/v1/`: a token, its scope, its rate; a document; no personal data. Webhooks: signed, retried."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from app import database
from app.domain.faits.envois import EnvoiRefuse, refuse
from app.domain.figures.jetons import PAR_MINUTE, create_jeton, is_url_allowed, revoke_jeton
from app.domain.figures.rappels import RAPPELS, claim_rappels, write_rappels
from app.domain.regles.errors import Invalide
from app.rappel_transport import deliver
from tests.browser import Browser
from tests.cast import CAST
from tests.factories import make_demande
from tests.routes.test_statistiques import fill


async def ask(path: str, jeton: str, status: int = 200) -> Any:
    response = await Browser().get(path, status=status, headers={"Authorization": f"Bearer {jeton}"})
    return json.loads(response.content)


async def test_a_token_reads_its_scope_and_no_more(now: datetime) -> None:
    await fill(now)
    caf = await create_jeton("Tableau de bord", now, organisme="caf", departement="22")
    said = await ask("/api/v1/indicateurs", caf.jeton)
    assert {(row["organisme"], row["departement"]) for row in said["lignes"]} == {("CAF", "22")}
    assert "Canari" not in json.dumps(said)
    assert (said["version"], said["licence"]) == ("1.0", "Licence Ouverte 2.0")
    every = await create_jeton("Tout", now)
    assert {row["organisme"] for row in (await ask("/api/v1/indicateurs", every.jeton))["lignes"]} == {
        "CAF",
        "CPAM",
    }
    assert (await ask("/api/v1/indicateurs?debut=2020-01&fin=2020-03", every.jeton))["lignes"] == []
    assert (await ask("/api/v1/definitions", every.jeton))["definitions"]
    assert await revoke_jeton(caf.id, now)
    assert "erreur" in await ask("/api/v1/indicateurs", caf.jeton, 401)
    [row] = await database.fetch("select string_agg(empreinte, '') as kept from jetons")
    assert every.jeton not in row["kept"]


@pytest.mark.parametrize("jeton", ["", "x", "é" * 20, "a" * 5000])
async def test_without_a_token_nothing_is_read(jeton: str) -> None:
    headers = {"Authorization": f"Bearer {jeton}".encode()}
    response = await Browser().get("/api/v1/indicateurs", status=401, headers=headers)
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_program_is_counted(now: datetime) -> None:
    made = await create_jeton("Pressé", now)
    for _ in range(PAR_MINUTE):
        await ask("/api/v1/definitions", made.jeton)
    said = await ask("/api/v1/definitions", made.jeton, 429)
    assert "une minute" in said["erreur"]
    await database.fetch("update tentatives set at = at - interval '2 minutes'")
    await ask("/api/v1/definitions", made.jeton)


async def test_the_document_describes_what_is_answered(now: datetime) -> None:
    await fill(now)
    document = json.loads((await Browser().get("/api/v1/openapi.json")).content)
    assert document["openapi"] == "3.1.0"
    made = await create_jeton("Tout", now)
    said = await ask("/api/v1/indicateurs", made.jeton)
    ligne = document["components"]["schemas"]["Ligne"]
    assert all(set(row) == set(ligne["required"]) for row in said["lignes"])
    described = document["paths"]["/api/v1/indicateurs"]["get"]["responses"]["200"]
    properties = described["content"]["application/json"]["schema"]["properties"]
    assert set(said) == set(properties)
    assert set(document["paths"]) == {"/api/v1/indicateurs", "/api/v1/definitions"}


def test_an_address_to_tell_is_https_and_plain() -> None:
    assert is_url_allowed("https://exemple.fr/rappel?x=1", is_https_required=True)
    for bad in (
        "http://exemple.fr",
        "https://a:b@exemple.fr",
        "https://exemple.fr#x",
        "ftp://x",
        "https://",
        "https://x y",
    ):
        assert not is_url_allowed(bad, is_https_required=True)


class Programme(BaseHTTPRequestHandler):
    """A program that keeps what it is told; refuses the first time."""

    received: ClassVar[list[tuple[str, bytes]]] = []
    refusals = 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).received.append((self.headers["x-aplus-signature"], body))
        status = 503 if len(type(self).received) <= type(self).refusals else 204
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def test_a_fact_is_told_signed_and_again_when_refused(now: datetime) -> None:
    server = HTTPServer(("127.0.0.1", 0), Programme)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(Invalide):
            await create_jeton("Sans https", now, webhook_url="http://127.0.0.1")
        made = await create_jeton(
            *("Rappel", now - timedelta(hours=1)),
            organisme="caf",
            webhook_url=f"http://127.0.0.1:{server.server_port}/aplus",
            is_https_required=False,
        )
        numero = await make_demande(now, titre="Canari", usager=("Zoé", "Canari", "1970"))
        autre = await make_demande(now, groupes=(CAST.groupes.cpam,))
        for demande in (numero, autre):
            await database.fetch(
                "insert into journal (at, fait, agent, demande, groupe) values (:at,"
                " 'demande_envoyee', :agent, :demande, :groupe)",
                at=now,
                agent=CAST.aida,
                demande=demande,
                groupe=CAST.groupes.france_services,
            )
        assert await write_rappels(now) == 1
        assert await write_rappels(now) == 0
        [envoi] = await claim_rappels(now)
        with pytest.raises(EnvoiRefuse) as refus:
            await deliver(envoi, now)
        assert not await refuse(RAPPELS, envoi, refus.value, now)
        assert not await claim_rappels(now)
        [again] = await claim_rappels(now + timedelta(seconds=11))
        await deliver(again, now)
        signature, body = Programme.received[-1]
        at, digest = (piece.partition("=")[2] for piece in signature.split(","))
        wanted = hmac.new(made.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(digest, wanted)
        told = json.loads(body)
        assert (told["evenement"], told["demande"], told["departement"]) == ("demande_envoyee", numero, "22")
        assert [groupe["nom"] for groupe in told["groupes"]] == ["CAF 22"]
        assert set(told) == {"id", "evenement", "a", "demande", "departement", "groupes"}
        assert "Canari" not in body.decode() and "Aïda" not in body.decode()
        assert await revoke_jeton(made.id, now)
        await database.fetch("update rappels set claimed_until = null")
        [revoked] = await claim_rappels(now + timedelta(seconds=11))
        with pytest.raises(EnvoiRefuse) as refus:
            await deliver(revoked, now)
        assert refus.value.is_permanent
    finally:
        server.shutdown()
        server.server_close()
