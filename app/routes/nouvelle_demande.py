"""`/demandes/nouvelle`: the form of a new demande, its steps, its sending (product §5)."""

from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain import textes_mandat
from app.domain.errors import Invalide
from app.domain.identifiants import LIBELLES, Nature
from app.domain.nouvelles_demandes.envoi import send_demande
from app.domain.nouvelles_demandes.recapitulatif import Composition, follow_page, open_page
from app.domain.nouvelles_demandes.saisie import MOTIFS, read_saisie
from app.domain.textes_mandat import NatureMandat
from app.routes.params import Form, Now, Signed, Visit

URL = "/demandes/nouvelle"
PAGE = "nouvelle_demande/page.html"
REGION = "nouvelle_demande/formulaire.html"


@get(URL)
async def get_nouvelle_demande(request: Visit, signed: Signed, now: Now) -> Response[str]:
    """The empty form."""
    return await pages.show(request, PAGE, **_context(await open_page(signed, now)))


@post(URL)
async def create_demande(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """A step of the form, everything typed kept; without `etape`, its sending."""
    etape = form.texte("etape")
    erreurs: dict[str, str] = {}
    if not etape:
        try:
            numero = await send_demande(signed, read_saisie(signed, form), now)
        except Invalide as invalide:
            erreurs = invalide.erreurs
        else:
            return pages.go(request, f"/demandes/{numero}", annonce="demande_envoyee")
    shown = await follow_page(signed, form, etape, now)
    # No address shows a form half typed: the region for htmx, else the page itself.
    return await pages.answer(request, REGION, page=PAGE, url=None, erreurs=erreurs, **_context(shown))


def _context(shown: Composition) -> dict[str, Any]:
    """What the templates read: the composition, and the lists to choose from."""
    saisie, cadre = shown.saisie, shown.cadre
    here = {collegue.id for collegue in cadre.collegues}
    sujets = [(c.nom, list(c.sujets)) for c in cadre.categories if saisie.categorie in {None, c.id}]
    return {
        "nouvelle": shown,
        "saisie": saisie,
        "motifs": list(MOTIFS.items()),
        "attestation": textes_mandat.attestation(textes_mandat.VERSION, NatureMandat.PAPIER),
        "avis": [(_libelle_of(shown, champ), phrase) for champ, phrase in shown.avis.items()],
        "options": {
            "structures": [(s.groupe, s.nom) for s in cadre.structures],
            "departements": [(d.id, f"{d.code} · {d.nom}") for d in cadre.departements],
            "categories": [(c.id, c.nom) for c in cadre.categories],
            "themes": [(c.id, c.nom) for c in cadre.categories],
            "sujets": sujets[0][1] if saisie.categorie and sujets else sujets,
            "natures": {nature.value: libelle for nature, libelle in LIBELLES.items()},
            "collegues": [(c.id, c.nom, c.fonction) for c in cadre.collegues],
            # Ticked for another structure: kept, in case one comes back to it.
            "gardes": [c for c in saisie.collegues if c not in here],
        },
    }


def _libelle_of(shown: Composition, champ: str) -> str:
    nom, _, rang = champ.partition("-")
    if rang:
        return LIBELLES[shown.saisie.autres[int(rang) - 1].nature]
    return LIBELLES[Nature(nom.removeprefix("identifiant_"))]


ROUTES = [get_nouvelle_demande, create_demande]
