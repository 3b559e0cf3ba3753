"""Once its personal data are gone: what remains of a demande, and the certificate that they went."""

from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get

from app import pages
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.demandes.demande import Demande
from app.domain.oubli.certificat import Certificat, get_certificat
from app.domain.regles.permissions import can_see_mandat
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.contexte import Retour, retour_of
from app.routes.demande.fiche import Fiche, fiche_of
from app.routes.demande.gestes import gestes_of
from app.routes.params import Now, Signed, TheDemande, Visit


@dataclass(frozen=True, kw_only=True)
class Effacee(Contexte):
    """What remains: metadata. `mandat`: that one existed, for who may see it."""

    templates = ("demande/effacee.html",)
    fiche: Fiche
    erased_at: datetime
    mandat: str
    retour: Retour


@dataclass(frozen=True, kw_only=True)
class CertificatEffacement(Contexte):
    """Counts and dates, no person: it may be printed and kept."""

    templates = ("demande/certificat.html",)
    numero: int
    sent_at: datetime
    closed_at: datetime | None
    certificat: Certificat


def build_effacee(signed: SignedAgent, demande: Demande, now: datetime) -> Effacee:
    """What remains of an erased demande, for whoever may know that it exists."""
    assert demande.erased_at is not None
    see_mandat = can_see_mandat(signed.droits, demande.parties)
    return Effacee(
        fiche=fiche_of(signed, demande, now),
        erased_at=demande.erased_at,
        mandat=mots.mandat_of(demande, now, signed.zone) if see_mandat else "",
        retour=retour_of(signed, gestes_of(signed.droits, demande)),
    )


@get("/demandes/{numero:str}/effacement")
async def get_effacement(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[str]:
    """The certificate of erasure, made to be printed."""
    context = CertificatEffacement(
        numero=demande.numero,
        sent_at=demande.sent_at,
        closed_at=demande.closed_at,
        certificat=await get_certificat(demande),
    )
    return await pages.show(request, "demande/certificat.html", context)


ROUTES = [get_effacement]
