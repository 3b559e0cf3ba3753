"""Who may see which figures, and what they chose to look at (product §3, figures.md « Rights »)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app import database
from app.domain.acces.sessions import Signed
from app.domain.figures.lecture import Portee
from app.domain.regles.errors import Introuvable
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_see_figures_of_groupe

Choix = tuple[tuple[int, str], ...]


class VueChiffres(MotFerme):
    """The scopes of figures, with the words that name each."""

    fiche: str

    FRANCE = "france", "France entière"
    GROUPES = "groupes", "Mes groupes"
    PERIMETRE = "perimetre", "Mon périmètre"
    TOUT = "tout", "Toutes les données"


@dataclass(frozen=True)
class Demandee:
    """What an address asks for; empty: nothing chosen."""

    vue: str = ""
    organisme: int | None = None
    departement: int | None = None
    groupe: int | None = None


@dataclass(frozen=True)
class Perimetre:
    """What is shown, of what, with which lists to choose from. `is_masque`: small counts are hidden."""

    code: VueChiffres
    vues: tuple[tuple[str, str], ...]
    portee: Portee
    is_masque: bool
    titre: str
    demandee: Demandee
    organismes: Choix = ()
    departements: Choix = ()
    groupes: Choix = ()


@dataclass(frozen=True)
class Noms:
    """Every organisme and département by id, in the order of reading."""

    organismes: dict[int, str]
    operateurs: frozenset[int]
    departements: dict[int, str]


NOMS = """
select 'organisme' as sorte, id, sigle as nom, is_aidant, sigle as rang from organismes
union all select 'departement', id, code || ' – ' || nom, false, code from departements
order by sorte, rang
"""
DES_GROUPES = """
select g.id, g.nom, g.organisme, o.is_aidant,
    array(select c.departement from couvertures c where c.groupe = g.id) as departements
from groupes g join organismes o on o.id = g.organisme where g.id = any(:groupes) order by g.nom
"""


async def load_noms() -> Noms:
    """Read them."""
    rows = await database.fetch(NOMS)
    organismes = [row for row in rows if row["sorte"] == "organisme"]
    return Noms(
        {row["id"]: row["nom"] for row in organismes},
        frozenset(row["id"] for row in organismes if not row["is_aidant"]),
        {row["id"]: row["nom"] for row in rows if row["sorte"] == "departement"},
    )


def list_vues(signed: Signed | None) -> tuple[VueChiffres, ...]:
    """The scopes this reader may choose, the one that opens first."""
    if signed is None:
        return (VueChiffres.FRANCE,)
    droits = signed.droits
    offered = (
        (VueChiffres.TOUT, droits.is_administrateur),
        (VueChiffres.GROUPES, droits.responsable),
        (VueChiffres.PERIMETRE, droits.perimetres),
    )
    return (*(code for code, is_offered in offered if is_offered), VueChiffres.FRANCE)


async def choose_perimetre(signed: Signed | None, demandee: Demandee, noms: Noms) -> Perimetre:
    """What is shown for this address. Raises Introuvable for what this reader may not see, or is nowhere."""
    vues = list_vues(signed)
    code = next((vue for vue in vues if demandee.vue in ("", vue)), None)
    if code is None:
        raise Introuvable
    if demandee.groupe is not None and code not in {VueChiffres.GROUPES, VueChiffres.TOUT}:
        raise Introuvable
    base = Perimetre(
        code,
        tuple((vue.value, vue.fiche) for vue in vues),
        Portee(is_paris=True),
        is_masque=True,
        titre=code.fiche,
        demandee=demandee,
    )
    if code == VueChiffres.FRANCE:
        if demandee.organisme or demandee.departement:
            raise Introuvable
        return base
    assert signed is not None
    if code == VueChiffres.GROUPES or demandee.groupe is not None:
        return await _of_groupes(signed, base)
    if code == VueChiffres.TOUT:
        paires: Sequence[tuple[int | None, int | None]] = ((None, None),)
    else:
        paires = signed.droits.perimetres
    return _of_paires(base, paires, noms, is_masque=code != VueChiffres.TOUT)


async def _of_groupes(signed: Signed, base: Perimetre) -> Perimetre:
    """Exact figures of one’s own groupes; of any groupe for an administrateur."""
    demandee, droits = base.demandee, signed.droits
    if base.code == VueChiffres.TOUT:
        assert demandee.groupe is not None
        asked = frozenset({demandee.groupe})
    else:
        asked = droits.responsable
    rows = await database.fetch(DES_GROUPES, groupes=list(asked))
    kept = [row for row in rows if demandee.groupe in (None, row["id"])]
    if not kept or not all(can_see_figures_of_groupe(droits, row["id"]) for row in kept):
        raise Introuvable
    if demandee.organisme or demandee.departement:
        raise Introuvable
    return replace(
        base,
        portee=Portee(
            groupes=tuple(row["id"] for row in kept if not row["is_aidant"]),
            structures=tuple(row["id"] for row in kept if row["is_aidant"]),
        ),
        is_masque=False,
        titre=", ".join(row["nom"] for row in kept),
        groupes=tuple((row["id"], row["nom"]) for row in rows),
    )


def _of_paires(
    base: Perimetre, paires: Sequence[tuple[int | None, int | None]], noms: Noms, *, is_masque: bool
) -> Perimetre:
    """A scope of organismes × départements, narrowed by what was chosen."""
    demandee = base.demandee
    narrowed = []
    for organisme, departement in paires:
        chosen = (demandee.organisme or organisme, demandee.departement or departement)
        if organisme in (None, chosen[0]) and departement in (None, chosen[1]):
            narrowed.append(chosen)
    if not narrowed:
        raise Introuvable
    if demandee.organisme and demandee.organisme not in noms.operateurs:
        raise Introuvable
    if demandee.departement and demandee.departement not in noms.departements:
        raise Introuvable
    titres = [
        noms.organismes[demandee.organisme] if demandee.organisme else "",
        noms.departements[demandee.departement] if demandee.departement else "",
    ]
    every_organisme = any(organisme is None for organisme, _ in paires)
    every_departement = any(departement is None for _, departement in paires)
    return replace(
        base,
        portee=Portee(tuple(dict.fromkeys(narrowed)), is_paris=narrowed == [(None, None)]),
        is_masque=is_masque,
        titre=", ".join(filter(None, titres)) or base.titre,
        organismes=tuple(
            (key, nom)
            for key, nom in noms.organismes.items()
            if key in noms.operateurs and (every_organisme or any(key == o for o, _ in paires))
        ),
        departements=tuple(
            (key, nom)
            for key, nom in noms.departements.items()
            if every_departement or any(key == d for _, d in paires)
        ),
    )
