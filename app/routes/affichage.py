"""`/affichage`: how pages are shown in this browser, signed in or not, kept by a cookie of four words."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import cookies, pages
from app.affichage import Affichage, Clavier, Couleurs, Mouvement, Texte
from app.pages import Contexte
from app.routes.params import Form, Visit

PUBLIC = {"public": True, "sans_cgu": True}
CHOIX = (
    ("couleurs", "Couleurs", Couleurs),
    ("texte", "Taille du texte", Texte),
    ("mouvement", "Ce qui bouge", Mouvement),
    ("clavier", "Raccourcis clavier", Clavier),
)


@dataclass(frozen=True)
class AffichageAuChoix:
    """One thing to choose, its options as a group of radios takes them, and the one that is on."""

    nom: str
    legende: str
    options: list[tuple[str, str, str]]
    choisi: str


@dataclass(frozen=True, kw_only=True)
class ChoixAffichage(Contexte):
    """What may be chosen."""

    templates = ("affichage/page.html",)
    choix: list[AffichageAuChoix]


@get("/affichage", opt=PUBLIC)
async def get_affichage(request: Visit) -> Response[str]:
    """What is chosen in this browser."""
    now = cookies.read_affichage(request)
    choix = [
        AffichageAuChoix(
            nom, legende, [(mot, mot.fiche.libelle, mot.fiche.aide) for mot in liste], getattr(now, nom)
        )
        for nom, legende, liste in CHOIX
    ]
    return await pages.show(request, "affichage/page.html", ChoixAffichage(choix=choix))


@post("/affichage", opt=PUBLIC)
async def post_affichage(request: Visit, form: Form) -> Response[Any]:
    """Keep the choices; a word that none of the lists holds leaves its choice to the browser."""
    response = pages.go(request, "/affichage", annonce="affichage_enregistre")
    cookies.set_affichage(response, Affichage.of_mots(form.texte(nom) for nom, _, _ in CHOIX))
    return response


ROUTES = [get_affichage, post_affichage]
