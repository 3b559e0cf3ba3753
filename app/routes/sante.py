"""`/sante`: this process lives. `/sante/pret`: people are well served. `/sante/metriques`: figures for Prometheus."""

import hmac
from typing import Any

from litestar import Request, Response, get

from app import visite
from app.domain.administration.sante import Sante, read_pool, read_sante
from app.domain.regles.errors import Introuvable
from app.mesures import Mesure, list_requests, write_mesures
from app.settings import get_settings

PLAIN = "text/plain"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@get("/sante", opt={"public": True, "sans_session": True}, media_type=PLAIN)
async def get_sante() -> Response[str]:
    """200 « ok » as long as this process answers: starting it again would mend nothing that is elsewhere."""
    return Response(content="ok", media_type=PLAIN)


@get("/sante/pret", opt={"public": True, "sans_session": True}, media_type=PLAIN)
async def get_pret() -> Response[str]:
    """200 « ok »; 503 and the codes of what is wrong when people would be hurt."""
    troubles = (await read_sante(visite.clock())).troubles
    return Response(
        content=" ".join(troubles) or "ok", status_code=503 if troubles else 200, media_type=PLAIN
    )


@get("/sante/metriques", opt={"public": True, "sans_session": True}, media_type=PLAIN)
async def get_metriques(request: Request[Any, Any, Any]) -> Response[str]:
    """Figures in the text of Prometheus, for who carries METRICS_TOKEN. Raises Introuvable for anyone else."""
    token = get_settings().metrics_token
    given = request.headers.get("authorization", "")
    if not token or not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode()):
        raise Introuvable
    sante = await read_sante(visite.clock())
    return Response(
        content=write_mesures([*list_requests(), *list_mesures(sante)]),
        headers={"content-type": PROMETHEUS},
        media_type=PLAIN,
    )


def list_mesures(sante: Sante) -> list[Mesure]:
    """The state of the platform in figures; an age is that of the oldest that nobody tried."""

    def age(since: object) -> float:
        return (sante.at - since).total_seconds() if isinstance(since, type(sante.at)) else 0.0

    pool = read_pool()
    made = [
        Mesure(
            "aplus_trouble",
            "1 for each code of /sante/pret",
            dict.fromkeys(sante.troubles, 1.0),
            label="code",
        ),
        Mesure("aplus_base_reachable", "the base answers", {"": float(not sante.is_base_lost)}),
        Mesure("aplus_base_read_only", "the base takes no write", {"": float(sante.is_read_only)}),
        Mesure("aplus_store_usable", "files can be kept", {"": float(not sante.coffre)}),
        Mesure("aplus_pool_connections", "connections of this process", dict(pool), label="state"),
        Mesure("aplus_worker_beat_age_seconds", "since the last beat of a worker", {"": age(sante.beat_at)}),
        Mesure("aplus_mails_due", "mails that should have left", {"": sante.courriels_dus}),
        Mesure("aplus_mails_refused", "of them, those refused at least once", {"": sante.courriels_refuses}),
        Mesure(
            "aplus_queue_age_seconds",
            "since when the oldest row that nobody tried has been due",
            {
                "connexion": age(sante.connexion_due_at),
                "courriels": age(sante.courriel_due_at),
                "sms": age(sante.sms_due_at),
            },
            label="lane",
        ),
        Mesure("aplus_sms_due", "SMS that should have left", {"": sante.sms_dus}),
        Mesure(
            "aplus_sweep_success_age_seconds",
            "since the last success of each sweep",
            {one.nom: age(one.succeeded_at) for one in sante.balayages if one.succeeded_at},
            label="sweep",
        ),
        Mesure(
            "aplus_sweep_failing",
            "1 when the last turn of a sweep failed",
            {one.nom: float(one.is_failing) for one in sante.balayages},
            label="sweep",
        ),
    ]
    return [mesure for mesure in made if mesure.values]


ROUTES = [get_sante, get_pret, get_metriques]
