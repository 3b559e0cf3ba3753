"""The groupes a new demande may be sent to: those of the département, their usual delay, who is there, and what
follows from a sujet or from another département (product §5.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.figures.blocages import NOTE, Blocage, read_note
from app.domain.figures.habituel import HABITUEL, RECUL, say_habituel
from app.domain.mots.folding import fold
from app.domain.nouvelles_demandes.cadre import Cadre, DepartementOffert
from app.domain.nouvelles_demandes.saisie import REGIMES, Saisie

VOISINS_MAX = 12
#: Organismes whose name keeps its capital inside a sentence, though it is no acronym.
NOMS_PROPRES = frozenset(("anah", "france_renov", "france_services", "france_travail", "la_poste"))

#: Each set is the départements of one région, where a usager’s file may still be known. Mayotte goes with La Réunion.
REGIONS = tuple(
    frozenset(codes.split())
    for codes in (
        "01 03 07 15 26 38 42 43 63 69 73 74",
        "21 25 39 58 70 71 89 90",
        "22 29 35 56",
        "18 28 36 37 41 45",
        "2A 2B",
        "08 10 51 52 54 55 57 67 68 88",
        "02 59 60 62 80",
        "75 77 78 91 92 93 94 95",
        "14 27 50 61 76",
        "16 17 19 23 24 33 40 47 64 79 86 87",
        "09 11 12 30 31 32 34 46 48 65 66 81 82",
        "44 49 53 72 85",
        "04 05 06 13 83 84",
        "971 972 973 977 978",
        "974 976",
    )
)


@dataclass(frozen=True)
class GroupeOffert:
    """A groupe one may ask. `habituel`: its usual first answer in words, empty when too few to say."""

    id: int
    nom: str
    description: str
    organisme: str
    sigle: str
    organisme_nom: str
    organisme_description: str
    champs: tuple[str, ...]
    is_nir_autorise: bool
    themes: tuple[str, ...]
    is_ici: bool
    territoire: str
    instructeurs: tuple[int, ...]
    habituel: str
    note: Blocage | None
    pause: str
    reprise_on: date | None
    is_recent: bool
    """Asked in one of this agent’s last demandes."""

    @property
    def is_en_pause(self) -> bool:
        """It takes no new demande for now; `pause` says why, `reprise_on` until when."""
        return self.reprise_on is not None

    @property
    def is_actif(self) -> bool:
        """Somebody there will read the demande."""
        return bool(self.instructeurs)


# `ailleurs`: the groupes wanted from elsewhere; `depuis`: since when answers say what is usual.
OFFERTS = """
select g.id, g.nom, g.description, o.code as organisme, o.sigle, o.nom as organisme_nom,
    o.description as organisme_description, o.champs, o.is_nir_autorise, o.themes, ici.is_ici, ici.territoire,
    present.instructeurs, habituel.nombre, habituel.dixiemes, blocage.note,
    case when is_en_pause(g.pause_on, g.reprise_on, :jour) then g.pause_message else '' end as pause,
    case when is_en_pause(g.pause_on, g.reprise_on, :jour) then g.reprise_on end as reprise_on,
    recents.derniere is not null as is_recent
from groupes g
left join (
    select s.groupe, max(s.demande) as derniere
    from (select numero from demandes where auteur = :agent and erased_at is null and vacante_at is null
          order by numero desc limit 20) d
    join sollicitations s on s.demande = d.numero and s.solicited_by = :agent
    group by s.groupe order by derniere desc limit 5) recents on recents.groupe = g.id
join organismes o on o.id = g.organisme
cross join lateral (
    select coalesce(bool_or(c.departement = :departement), false) as is_ici,
        coalesce(string_agg(d.nom || ' (' || d.code || ')', ', ' order by d.code), '') as territoire
    from couvertures c join departements d on d.id = c.departement where c.groupe = g.id) ici
cross join lateral (
    select coalesce(array_agg(m.agent order by m.agent), '{}') as instructeurs
    from membres_actifs m
    where m.groupe = g.id and m.is_instructeur and m.agent <> :agent) present
cross join lateral (
"""
AVEC_NOTE = ") habituel left join lateral ("
PAR_NOM = """
) blocage on true
where g.deactivated_at is null
    and (g.id in (select c.groupe from couvertures c where c.departement = :departement) or g.id = any(:ailleurs))
    and (not o.is_aidant or present.instructeurs <> '{}')
    and is_accepte(g.aidants_acceptes, :structure)
order by recents.derniere desc nulls last, g.nom
"""
GROUPES = "".join((OFFERTS, HABITUEL, AVEC_NOTE, NOTE, PAR_NOM))

VOISINS = """
select g.id, g.nom, o.code as organisme, o.sigle, string_agg(d.nom || ' (' || d.code || ')', ', ' order by d.code)
        as territoire
from groupes g join organismes o on o.id = g.organisme
join couvertures c on c.groupe = g.id join departements d on d.id = c.departement
where g.deactivated_at is null and o.code = any(:organismes) and d.code = any(:region) and g.id <> all(:choisis)
    and exists (select from membres_actifs m where m.groupe = g.id and m.is_instructeur)
    and is_accepte(g.aidants_acceptes, :structure) and not is_en_pause(g.pause_on, g.reprise_on, :jour)
group by g.id, o.id order by g.nom limit :longueur
"""


@dataclass(frozen=True)
class Voisin:
    """A groupe of the same organisme in a neighbouring département."""

    id: int
    nom: str
    organisme: str
    sigle: str
    territoire: str


async def list_groupes(
    signed: Signed, saisie: Saisie, territoire: DepartementOffert | None, now: datetime
) -> tuple[GroupeOffert, ...]:
    """The groupes of the département, with those already chosen elsewhere: the five last asked first, then by name."""
    rows = await database.fetch(
        GROUPES,
        departement=territoire.id if territoire else None,
        ailleurs=[*saisie.groupes, *saisie.proposes],
        agent=signed.droits.agent,
        depuis=now - RECUL,
        sujet=saisie.sujet,
        jour=_today(signed, territoire, now),
        structure=_structure_of(signed, saisie),
    )
    return tuple(
        GroupeOffert(
            **{name: row[name] for name in SAME},
            champs=tuple(row["champs"] or ()),
            themes=tuple(row["themes"] or ()),
            instructeurs=tuple(row["instructeurs"]),
            habituel=say_habituel(row["nombre"], row["dixiemes"]),
            note=read_note(row["note"]),
            pause=row["pause"],
            reprise_on=row["reprise_on"],
            is_recent=row["is_recent"],
        )
        for row in rows
    )


def _today(signed: Signed, territoire: DepartementOffert | None, now: datetime) -> date:
    """A pause begins and ends by the clock of the département."""
    clock = territoire.clock if territoire else signed.calendrier
    return now.astimezone(clock.zone).date()


def _structure_of(signed: Signed, saisie: Saisie) -> str:
    """The organisme one writes for: some groupes take demandes from some kinds of aidants only."""
    return next((a.organisme for a in signed.appartenances if a.groupe == saisie.structure), "")


SAME = (
    *("id", "nom", "description", "organisme", "sigle", "organisme_nom", "organisme_description"),
    *("is_nir_autorise", "is_ici", "territoire"),
)


async def list_voisins(
    signed: Signed,
    saisie: Saisie,
    absents: Sequence[str],
    territoire: DepartementOffert | None,
    now: datetime,
) -> list[Voisin]:
    """Active groupes of these organismes (codes) elsewhere in the région; those already chosen left out."""
    region = neighbours(territoire.code) if territoire else frozenset()
    if not absents or not region:
        return []
    rows = await database.fetch(
        VOISINS,
        organismes=list(absents),
        region=sorted(region),
        choisis=list(saisie.groupes),
        jour=_today(signed, territoire, now),
        structure=_structure_of(signed, saisie),
        longueur=VOISINS_MAX,
    )
    return [Voisin(**dict(row)) for row in rows]


def neighbours(code: str) -> frozenset[str]:
    """The other départements of the région; none for a collectivité that stands alone."""
    return frozenset().union(*(region for region in REGIONS if code in region)) - {code}


@dataclass(frozen=True)
class Suite:
    """The form once the page has followed what was chosen, and what it changed by itself."""

    saisie: Saisie
    remplaces: tuple[tuple[str, str], ...] = ()
    retires: tuple[str, ...] = ()
    laisses: tuple[str, ...] = ()
    """Unticked with the sujet that had ticked them."""


def follow(saisie: Saisie, cadre: Cadre, groupes: Sequence[GroupeOffert]) -> Suite:
    """Tick what a new sujet or caisse asks for, and move ticks to the same organismes of a new département.

    What the agent ticked stays, unless nobody of that organisme is active in the new département; what they unticked
    stays unticked; what a sujet ticked goes with it.
    """
    known = {g.id: g for g in groupes}
    is_moved = saisie.departement_vu is not None and saisie.departement_vu != saisie.departement
    is_new = cadre.sujet is not None and cadre.sujet.id != saisie.sujet_vu
    is_left = saisie.sujet is None and saisie.sujet_vu is not None
    is_settled = saisie.regime != saisie.regime_vu
    chosen = [known[g] for g in saisie.groupes if g in known]
    refused = {known[g].organisme for g in saisie.proposes if g in known and g not in saisie.groupes}
    left = [g for g in chosen if g.id in saisie.proposes] if is_new or is_left else []
    if is_new or is_left:
        chosen = [g for g in chosen if g.id not in saisie.proposes]
        refused = set()
    elif is_settled:
        chosen = [g for g in chosen if g.id not in saisie.proposes or g.organisme not in REGIMES]
        refused -= REGIMES.keys()
    remplaces: tuple[tuple[str, str], ...] = ()
    retires: tuple[str, ...] = ()
    if is_moved:
        chosen, remplaces, retires = _move(chosen, groupes)
    proposes = () if is_left else saisie.proposes
    if cadre.sujet is not None and (is_new or is_moved or is_settled):
        hesitant = set(REGIMES) if asks_caisse(cadre, groupes) else set()
        wanted = [
            g
            for g in _of_sujet(cadre, groupes)
            if g.is_actif and not g.is_en_pause and g.organisme not in refused | (hesitant - {saisie.regime})
        ]
        proposes = tuple(g.id for g in wanted)
        chosen = [*chosen, *wanted]
    return Suite(
        replace(
            saisie,
            groupes=tuple(dict.fromkeys(g.id for g in chosen)),
            proposes=proposes,
            departement_vu=saisie.departement,
            sujet_vu=cadre.sujet.id if cadre.sujet else None if is_left else saisie.sujet_vu,
            regime_vu=saisie.regime,
        ),
        remplaces,
        retires,
        tuple(g.nom for g in left if g not in chosen),
    )


def asks_caisse(cadre: Cadre, groupes: Sequence[GroupeOffert]) -> bool:
    """Whether this sujet may go to the CAF or to the MSA here: an usager is with one or the other."""
    here = {g.organisme for g in _of_sujet(cadre, groupes) if g.is_actif}
    return here >= REGIMES.keys()


def _move(
    chosen: Sequence[GroupeOffert], groupes: Sequence[GroupeOffert]
) -> tuple[list[GroupeOffert], tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The same organismes here, where somebody is active: the ticks, what replaced what, and what nothing replaces."""
    moved, remplaces, retires = [], [], []
    for groupe in chosen:
        here = next(
            (
                g
                for g in groupes
                if g.is_ici and g.is_actif and not g.is_en_pause and g.organisme == groupe.organisme
            ),
            None,
        )
        if groupe.is_ici:
            moved.append(groupe)
        elif here is None:
            retires.append(groupe.nom)
        else:
            moved.append(here)
            remplaces.append((groupe.nom, here.nom))
    return moved, tuple(remplaces), tuple(retires)


def choose_sujet(saisie: Saisie, cadre: Cadre) -> Saisie:
    """Keep catégorie and sujet together: a new sujet brings its catégorie, another catégorie lets the sujet go.

    « Toutes les catégories » lets it go nowhere: the sujet stays, and so does the choice.
    """
    themes = {identifiant: c.id for c in cadre.categories for identifiant, _ in c.sujets}
    theme = themes.get(saisie.sujet or 0)
    if theme is None:
        return replace(saisie, sujet=None, categorie_vue=saisie.categorie)
    if saisie.categorie is None and saisie.sujet == saisie.sujet_vu:
        return replace(saisie, categorie_vue=None)
    if saisie.categorie not in {None, theme, saisie.categorie_vue}:
        return replace(saisie, sujet=None, categorie_vue=saisie.categorie)
    return replace(saisie, categorie=theme, categorie_vue=theme)


def follow_all(saisie: Saisie, cadre: Cadre, groupes: Sequence[GroupeOffert]) -> tuple[Suite, Cadre]:
    """The form once catégorie, sujet, caisse and département are followed, and what it then stands on."""
    typed = choose_sujet(saisie, cadre)
    if typed.sujet is None:
        cadre = replace(cadre, sujet=None)
    return follow(typed, cadre, groupes), cadre


def list_shown(saisie: Saisie, cadre: Cadre, groupes: Sequence[GroupeOffert]) -> list[GroupeOffert]:
    """The groupes to show: those of the sujet, or those the filter lets through; those ticked always."""
    if saisie.is_guide:
        shown = {g.id for g in _of_sujet(cadre, groupes)}
    else:
        theme = next((c.code for c in cadre.categories if c.id == saisie.theme), "")
        shown = {g.id for g in groupes if g.is_ici and is_matching(g, theme, saisie.filtre)}
    return [g for g in groupes if g.id in shown or g.id in saisie.groupes]


def list_absents(cadre: Cadre, groupes: Sequence[GroupeOffert]) -> dict[str, str]:
    """The organismes the sujet needs (code → its name in a sentence) that have nobody active in this département."""
    if cadre.sujet is None or cadre.departement is None:
        return {}
    present = {g.organisme for g in groupes if g.is_ici and g.is_actif}
    return {
        code: _en_phrase(code, sigle) for code, sigle in cadre.sujet.organismes.items() if code not in present
    }


def _en_phrase(code: str, sigle: str) -> str:
    """« conseil départemental », « préfecture », but « CAF » and « France Travail »."""
    is_commun = sigle[1:2].islower() and code not in NOMS_PROPRES
    return sigle[:1].lower() + sigle[1:] if is_commun else sigle


def is_matching(groupe: GroupeOffert, theme: str, filtre: str) -> bool:
    """Whether the filter lets this groupe through: its theme, and every word typed, accents and case aside."""
    if theme and theme not in groupe.themes:
        return False
    texte = fold(
        f"{groupe.nom} {groupe.sigle} {groupe.organisme_nom} {groupe.description} {groupe.organisme_description}"
    )
    return all(word in texte for word in fold(filtre).split())


def _of_sujet(cadre: Cadre, groupes: Sequence[GroupeOffert]) -> list[GroupeOffert]:
    if cadre.sujet is None:
        return []
    return [g for g in groupes if g.is_ici and g.organisme in cadre.sujet.organismes]
