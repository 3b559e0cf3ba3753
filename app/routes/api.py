"""`/api/v1/`: published indicators for programs, with a token; its OpenAPI document."""

import json
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from app.domain.figures import ouvertes
from app.domain.figures.definitions import Figure
from app.domain.figures.jetons import PAR_MINUTE, Programme, open_api
from app.domain.figures.periodes import read_months
from app.domain.regles.errors import Refus, TropDeDemandes
from app.routes.params import Now, Query, Visit
from app.settings import get_settings

JSON = "application/json; charset=utf-8"
API = {"public": True, "sans_session": True}


@get("/api/v1/openapi.json", opt=API)
async def get_openapi() -> Response[bytes]:
    """The document, for programs and people alike; no token is needed to read it."""
    return _json(describe(get_settings().base_url))


@get("/api/v1/definitions", opt=API)
async def get_definitions(request: Visit, now: Now) -> Response[bytes]:
    """What each figure means."""
    programme = await _open(request, now)
    if isinstance(programme, Response):
        return programme
    return _json(
        {
            "definitions": [
                {"code": figure.value, "nom": figure.definition.nom, "sens": figure.definition.sens}
                for figure in Figure
            ]
        }
    )


@get("/api/v1/indicateurs", opt=API)
async def get_indicateurs(request: Visit, criteres: Query, now: Now) -> Response[bytes] | Stream:
    """The open data of the token’s scope, a year of it by default; `debut`, `fin`: AAAA-MM, 36 months at most."""
    programme = await _open(request, now)
    if isinstance(programme, Response):
        return programme
    debut, fin = read_months(criteres.texte("debut"), criteres.texte("fin"), now.date())
    published_on = await ouvertes.find_published_on()
    head = {
        "version": ouvertes.VERSION,
        "date": published_on.isoformat() if published_on else None,
        "licence": ouvertes.LICENCE,
        "debut": f"{debut:%Y-%m}",
        "fin": f"{fin:%Y-%m}",
    }
    rows = ouvertes.stream_rows(debut, fin, organisme=programme.organisme, departement=programme.departement)
    return Stream(ouvertes.write_json(head, rows), media_type=JSON)


async def _open(request: Visit, now: Any) -> Programme | Response[bytes]:
    """Who calls, or the answer that refuses: programs read JSON."""
    try:
        return await open_api(request.headers.get("authorization", ""), now)
    except Refus as error:
        response = _json({"erreur": error.phrase}, 401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
        return response
    except TropDeDemandes as error:
        response = _json({"erreur": error.phrase}, 429)
        response.headers["Retry-After"] = "60"
        return response


def _json(content: Any, status: int = 200) -> Response[bytes]:
    return Response(
        content=json.dumps(content, ensure_ascii=False).encode(),
        status_code=status,
        media_type=JSON,
    )


def describe(base_url: str) -> dict[str, Any]:
    """OpenAPI 3.1, written by hand as the two addresses are: their columns are those of the open data."""
    kinds: dict[str, Any] = {"mois": "string", "departement": "string", "organisme": "string"}
    nullable = {
        name: {
            "type": kinds.get(name, ["number", "null"]),
            "description": sens,
        }
        for name, sens in ouvertes.COLONNES
    }
    refusals = {
        "401": {"description": "Jeton absent, inconnu ou révoqué"},
        "429": {
            "description": f"Plus de {PAR_MINUTE} appels par minute",
            "headers": {"Retry-After": {"schema": {"type": "integer"}}},
        },
    }
    month = {"type": "string", "pattern": "^20\\d\\d-(0[1-9]|1[0-2])$"}

    def operation(summary: str, schema: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
        answer = {"description": summary, "content": {"application/json": {"schema": schema}}}
        return {
            "get": {"summary": summary, "parameters": parameters, "responses": {"200": answer, **refusals}}
        }

    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Indicateurs d’Administration+",
            "version": ouvertes.VERSION,
            "description": "Mois terminés, publiés chaque matin. Un nombre masqué est null : moins de 5, ou caché pour "
            "qu’un tel nombre ne puisse pas être retrouvé. Aucune donnée personnelle.",
            "license": {"name": ouvertes.LICENCE, "url": ouvertes.LICENCE_URL},
        },
        "servers": [{"url": base_url}],
        "security": [{"jeton": []}],
        "components": {
            "securitySchemes": {"jeton": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Ligne": {"type": "object", "required": list(nullable), "properties": nullable}},
        },
        "paths": {
            "/api/v1/indicateurs": operation(
                "Indicateurs du périmètre du jeton, par mois, département et organisme",
                {
                    "type": "object",
                    "properties": {
                        "version": {"type": "string"},
                        "date": {"type": ["string", "null"], "format": "date"},
                        "licence": {"type": "string"},
                        "debut": month,
                        "fin": month,
                        "lignes": {"type": "array", "items": {"$ref": "#/components/schemas/Ligne"}},
                    },
                },
                [{"name": name, "in": "query", "schema": month} for name in ("debut", "fin")],
            ),
            "/api/v1/definitions": operation("Ce que veut dire chaque chiffre", {"type": "object"}, []),
        },
        "webhooks": {
            name: {
                "post": {
                    "summary": name,
                    "description": "Signé : X-Aplus-Signature: t=<secondes>,v1=<HMAC-SHA256 de « t.corps »>.",
                    "responses": {"2XX": {"description": "reçu"}},
                }
            }
            for name in ("demande_envoyee", "demande_traitee", "demande_cloturee")
        },
    }


ROUTES = [get_openapi, get_definitions, get_indicateurs]
