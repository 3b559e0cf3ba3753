"""`/groupes`: the groupes one belongs to; for an administrateur, every one."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from app import pages
from app.domain.groupes.groupe import Groupe, list_groupes
from app.domain.groupes.membres import roles_of
from app.domain.regles.permissions import can_list_demandes
from app.domain.regles.roles import say_roles
from app.formulaire import as_id
from app.pages import Contexte
from app.routes.params import Now, Query, Signed, Visit
from app.templating import pluriel

PAR_PAGE = 25


@dataclass(frozen=True)
class LigneGroupe:
    """A groupe in words. `roles` are those of the reader there, empty for who is no member; `has_suivi`: they
    may list and export its demandes.
    """

    id: int
    nom: str
    couvre: str
    effectif: str
    roles: str
    has_suivi: bool
    is_en_pause: bool
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class MesGroupes(Contexte):
    """One page of the list. `is_equipe`: the reader sees every groupe."""

    templates = ("groupes/page.html",)
    titre: str
    lignes: list[LigneGroupe]
    total: int
    q: str
    is_equipe: bool
    page: int
    nombre_de_pages: int


@get("/groupes")
async def get_groupes(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """By name; text looks in name, organisme and territoire."""
    q = criteres.texte("q")[:200]
    found = await list_groupes(signed, q)
    last = max(1, -(-len(found) // PAR_PAGE))
    page = min(as_id(criteres.texte("page")) or 1, last)
    today = now.astimezone(signed.zone).date()
    roles = {
        a.groupe: say_roles(roles_of(a.is_aidant, a.is_instructeur, a.is_responsable))
        for a in signed.appartenances
    }
    is_equipe = signed.droits.is_administrateur
    context = MesGroupes(
        titre="Groupes" if is_equipe else "Mes groupes",
        lignes=[
            LigneGroupe(
                id=g.id,
                nom=g.nom,
                couvre=couvre(g),
                effectif=say_effectif(g),
                roles=roles.get(g.id, ""),
                has_suivi=can_list_demandes(signed.droits, g.id),
                is_en_pause=g.pause is not None and g.pause.is_on(today),
                is_active=g.is_active,
            )
            for g in found[(page - 1) * PAR_PAGE : page * PAR_PAGE]
        ],
        total=len(found),
        q=q,
        is_equipe=is_equipe,
        page=page,
        nombre_de_pages=last,
    )
    return await pages.show(request, "groupes/page.html", context)


def couvre(groupe: Groupe) -> str:
    """« Caisse d’allocations familiales · Côtes-d’Armor »."""
    return "\u00a0· ".join(part for part in (groupe.organisme_nom, groupe.territoire) if part)


def say_effectif(groupe: Groupe) -> str:
    """« 9 membres, dont 6 instructeurs et 2 responsables »."""
    if not groupe.membres:
        return "aucun membre"
    parts = [
        pluriel(nombre, mot)
        for nombre, mot in ((groupe.instructeurs, "instructeur"), (groupe.responsables, "responsable"))
        if nombre
    ]
    return pluriel(groupe.membres, "membre") + (f", dont {' et '.join(parts)}" if parts else "")


ROUTES = [get_groupes]
