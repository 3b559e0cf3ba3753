"""What the form of a new demande stands on: départements, catégories, the sujet chosen, the colleagues.

One query: the page is opened all day long, and posts have twelve queries for everything (quality P1).
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app import database
from app.domain.acces.sessions import Appartenance, Signed
from app.domain.demandes.brouillons import Brouillon, open_brouillon
from app.domain.echanges.procedures import PAR_SUJET
from app.domain.nouvelles_demandes.saisie import Saisie, structures_of
from app.domain.nouvelles_demandes.suggestion import SujetConnu
from app.domain.regles.calendrier import Calendrier
from app.referentiel.redaction import GuideRedaction


@dataclass(frozen=True)
class DepartementOffert:
    """A département one may choose."""

    id: int
    code: str
    nom: str
    du: str
    fuseau: str
    calendrier: str

    @property
    def clock(self) -> Calendrier:
        """What its delays are counted on."""
        return Calendrier(self.fuseau, self.calendrier)


@dataclass(frozen=True)
class Categorie:
    """A theme with its sujets, as (id, nom)."""

    id: int
    code: str
    nom: str
    sujets: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class SujetChoisi:
    """The sujet chosen in the mode guidé; `organismes` is code → sigle."""

    id: int
    code: str
    theme: int
    nom: str
    organismes: dict[str, str]
    documents: tuple[str, ...]
    essayez: str
    procedures: tuple[tuple[str, str], ...]
    """What organismes ask to try first, as (sigle, texte)."""
    guide: GuideRedaction


@dataclass(frozen=True)
class CollegueOffert:
    """A colleague of my structure."""

    id: int
    nom: str
    fonction: str


@dataclass(frozen=True)
class Cadre:
    """Everything the form may be filled with, groupes apart."""

    structures: tuple[Appartenance, ...]
    structure: Appartenance
    departements: tuple[DepartementOffert, ...]
    departement: DepartementOffert | None
    categories: tuple[Categorie, ...]
    sujet: SujetChoisi | None
    collegues: tuple[CollegueOffert, ...]
    connus: tuple[SujetConnu, ...]
    brouillon: Brouillon | None
    """What is kept under the name of this form, perhaps by another page."""


CADRE = """
select
    (select json_agg(json_build_object('id', id, 'code', code, 'nom', nom, 'du', du, 'fuseau', fuseau,
        'calendrier', calendrier) order by code) from departements) as departements,
    (select json_agg(json_build_object('id', t.id, 'code', t.code, 'nom', t.nom, 'sujets',
        (select json_agg(json_build_array(s.id, s.nom) order by s.rang, s.id) from sujets s
         where s.theme = t.id and not s.is_retire))
        order by t.rang, t.id) from themes t where not t.is_retire) as categories,
    (select json_agg(json_build_object('id', s.id, 'code', s.code, 'nom', s.nom, 'organismes', s.organismes,
        'mots', s.mots, 'retenues', coalesce(r.retenues, 0), 'refusees', coalesce(r.refusees, 0))
        order by s.id)
     from sujets s left join reponses_suggestions r on r.sujet = s.id where not s.is_retire) as connus,
    (select json_build_object('id', s.id, 'code', s.code, 'theme', s.theme, 'nom', s.nom, 'documents', s.documents,
        'essayez', s.essayez, 'guide', json_build_array(s.depuis, s.essais, s.attendu), 'organismes',
        (select json_object_agg(o.code, o.sigle order by array_position(s.organismes, o.code))
         from organismes o where o.code = any(s.organismes) and not o.is_retire),
        'procedures', (select json_agg(json_build_array(r.sigle, r.texte) order by r.acceptee_at, r.id) from (
            select p.id, o.sigle, p.texte, p.acceptee_at from procedures p
            join groupes g on g.id = p.groupe join organismes o on o.id = g.organisme
            where p.sujet = s.id and p.acceptee_at is not null order by p.acceptee_at desc limit :procedures) r))
     from sujets s where s.id = :sujet and not s.is_retire) as sujet,
    (select json_agg(json_build_object('id', a.id, 'nom', trim(a.prenom || ' ' || a.nom), 'fonction', a.fonction)
        order by a.nom, a.prenom, a.id)
     from membres_actifs m join agents a on a.id = m.agent
     where m.groupe = :structure and (m.is_aidant or m.is_instructeur) and a.id <> :agent)
        as collegues,
    b.*
from (select :formulaire::uuid as cle) f left join brouillons b on b.id = f.cle and b.agent = :agent
"""


async def load_cadre(signed: Signed, saisie: Saisie) -> Cadre:
    """What this agent may choose from, with what they chose. A sujet counts in the mode guidé only."""
    row = await database.fetch_one(
        CADRE,
        sujet=saisie.sujet,
        structure=saisie.structure,
        agent=signed.droits.agent,
        formulaire=saisie.formulaire,
        procedures=PAR_SUJET,
    )
    assert row is not None
    departements = _list_departements(row["departements"] or "[]")
    structures = tuple(structures_of(signed))
    return Cadre(
        structures=structures,
        structure=next(s for s in structures if s.groupe == saisie.structure),
        departements=departements,
        departement=next((d for d in departements if d.id == saisie.departement), None),
        categories=_list_categories(row["categories"] or "[]"),
        sujet=_sujet_of(json.loads(row["sujet"])) if row["sujet"] and saisie.is_guide else None,
        collegues=tuple(CollegueOffert(**c) for c in json.loads(row["collegues"] or "[]")),
        connus=_list_connus(row["connus"] or "[]"),
        brouillon=open_brouillon(row) if row["id"] else None,
    )


# The referentiel is told in the same words to everybody until it changes: each telling is read once.
@lru_cache(maxsize=2)
def _list_departements(told: str) -> tuple[DepartementOffert, ...]:
    return tuple(DepartementOffert(**d) for d in json.loads(told))


@lru_cache(maxsize=2)
def _list_categories(told: str) -> tuple[Categorie, ...]:
    return tuple(
        Categorie(
            c["id"], c["code"], c["nom"], tuple((identifiant, nom) for identifiant, nom in c["sujets"] or ())
        )
        for c in json.loads(told)
    )


@lru_cache(maxsize=2)
def _list_connus(told: str) -> tuple[SujetConnu, ...]:
    return tuple(
        SujetConnu(**{**c, **{name: tuple(c[name] or ()) for name in ("organismes", "mots")}})
        for c in json.loads(told)
    )


def _sujet_of(facts: dict[str, Any]) -> SujetChoisi:
    depuis, essais, attendu = facts["guide"]
    return SujetChoisi(
        **{name: facts[name] for name in ("id", "code", "theme", "nom", "essayez")},
        organismes=facts["organismes"] or {},
        documents=tuple(facts["documents"] or ()),
        procedures=tuple((sigle, texte) for sigle, texte in facts["procedures"] or ()),
        guide=GuideRedaction(depuis or "", tuple(essais or ()), attendu or ""),
    )
