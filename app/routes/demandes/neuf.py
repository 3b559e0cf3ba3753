"""`/quoi-de-neuf`: what others did since I last looked, demande by demande (product §9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post

from app import pages
from app.domain.faits.lignes import FIL
from app.domain.notifications.memos import Rappel, list_rappels
from app.domain.notifications.neuf import LigneNeuve, Nouveaute, list_neuf, see_all
from app.domain.regles.places import Cote
from app.domain.regles.statuts import Nature, Tour
from app.pages import Contexte
from app.routes.demandes.adresses import read_criteres, write_depuis
from app.routes.demandes.mots import LigneEnMots, ligne_of
from app.routes.params import Form, Now, Query, Signed, Visit


@dataclass(frozen=True)
class FaitEnMots:
    """A line of the news: when, and a sentence."""

    at: datetime
    phrase: str
    is_prive: bool


@dataclass(frozen=True)
class NouveauteEnMots:
    """A demande in words, with its news, the newest first."""

    ligne: LigneEnMots
    faits: tuple[FaitEnMots, ...]


@dataclass(frozen=True, kw_only=True)
class QuoiDeNeuf(Contexte):
    """What waits for me, then what is only to know."""

    templates = ("demandes/neuf.html",)
    rappels: list[Rappel]
    a_repondre: list[NouveauteEnMots]
    pour_information: list[NouveauteEnMots]
    total: int
    vu_at: datetime | None
    is_semaine: bool
    vu: int


@get("/quoi-de-neuf")
async def get_neuf(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """What is new, or with `?depuis=semaine` everything others did in seven days."""
    is_semaine = criteres.texte("depuis") == "semaine"
    neuf = await list_neuf(signed.droits, now, is_semaine=is_semaine)
    mine = [one for one in neuf.nouveautes if _is_mine(one)]
    context = QuoiDeNeuf(
        rappels=[] if is_semaine else await list_rappels(signed.droits),
        a_repondre=[_in_words(one, now, signed.zone) for one in mine],
        pour_information=[_in_words(one, now, signed.zone) for one in neuf.nouveautes if one not in mine],
        total=neuf.total,
        vu_at=neuf.vu_at,
        is_semaine=is_semaine,
        vu=write_depuis(now),
    )
    return await pages.show(request, "demandes/neuf.html", context)


@post("/quoi-de-neuf")
async def post_neuf(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """« Tout marquer comme vu », up to the instant of the page."""
    await see_all(signed.droits, read_criteres(form).depuis or now, now)
    return pages.go(request, "/quoi-de-neuf", annonce="tout_vu")


def _is_mine(one: Nouveaute) -> bool:
    """Whether its reader owes the next word."""
    sides = {Cote.INSTRUCTEUR: Tour.INSTRUCTEUR, Cote.AIDANT: Tour.AIDANT}
    return one.rangee.closed_at is None and sides.get(one.rangee.cote) is one.rangee.tour


def _in_words(one: Nouveaute, now: datetime, zone: ZoneInfo) -> NouveauteEnMots:
    faits = [FaitEnMots(ligne.at, _say(ligne), ligne.is_prive) for ligne in one.lignes]
    if one.is_arrivee:
        faits.append(FaitEnMots(one.rangee.sent_at, f"{one.rangee.structure} a envoyé la demande", False))
    return NouveauteEnMots(ligne_of(one.rangee, now, zone), tuple(faits))


def _say(ligne: LigneNeuve) -> str:
    """« Idir Hamel (CAF 22) s’en occupe ». What was written is read on the page of the demande."""
    qui = ligne.signature or ligne.auteur or "Administration+"
    ou = f" ({ligne.groupe})" if ligne.groupe else ""
    if ligne.nature is Nature.REPONSE:
        return f"{qui}{ou} a écrit un message"
    if ligne.nature is Nature.INFORMATION:
        return f"{qui}{ou} a ajouté une information sur l’usager"
    return f"{qui}{ou} {FIL[ligne.nature].phrase.format(quoi=ligne.quoi, texte='')}"


ROUTES = [get_neuf, post_neuf]
