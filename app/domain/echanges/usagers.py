"""What is known of the usager beside their name: sealed, masked on screen, shown in full one by one (product §7).

An identifier is never in a list, a log or a mail. Showing one writes the journal (quality S8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app import database, tables
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande, require_living
from app.domain.demandes.informations import empreinte_information
from app.domain.demandes.sollicitations import resume_delais
from app.domain.demandes.voix import choose_voix, remembered_signature
from app.domain.demandes.vu import Vu
from app.domain.echanges.actes import ActeSaisi, Decision, act
from app.domain.echanges.publication import Publication
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import trousseau
from app.domain.mots.identifiants import NatureIdentifiant, mask_identifiant
from app.domain.regles.errors import Introuvable, Invalide
from app.domain.regles.permissions import (
    can_add_information,
    can_reveal_identifiants,
    require,
)

VALEUR_MAX = 500
LIBELLE_MAX = 120
ABSENT = "l’usager ne peut pas le fournir"


@dataclass(frozen=True)
class Information:
    """One line of the usager block. `valeur` is masked; when the usager cannot give it, it says so."""

    id: int
    nature: NatureIdentifiant
    libelle: str
    valeur: str
    is_masked: bool
    added_by: str
    added_at: datetime


INFORMATIONS = """
select i.id, i.nature, i.libelle, i.valeur_scellee, i.added_at, trim(a.prenom || ' ' || a.nom) as added_by
from usager_informations i join agents a on a.id = i.added_by
where i.demande = :demande order by i.id
"""


async def reveal_information(signed: Signed, demande: Demande, identifiant: int, now: datetime) -> str:
    """The value in full, « afficher » : journalled with who asked.

    Raises Refus to whoever may not read the demande, Introuvable when it is not one of this demande.
    """
    require(can_reveal_identifiants(signed.droits, demande.parties))
    known = tables.UsagerInformations
    row = (
        await known.select(known.nature, known.valeur_scellee)
        .where(known.id == identifiant, known.demande == demande.numero)
        .first()
    )
    if row is None:
        raise Introuvable
    async with database.transaction():
        await happened(
            Fait.IDENTIFIANT_AFFICHE,
            now=now,
            agent=signed.droits.agent,
            demande=demande.numero,
            details={"information": identifiant, "nature": row["nature"]},
        )
    return trousseau().open_text(row["valeur_scellee"], _contexte(demande.numero, row["nature"])) or ABSENT


async def add_information(
    signed: Signed,
    demande: Demande,
    *,
    nature: str,
    libelle: str,
    valeur: str,
    cle: UUID,
    vu: Vu,
    now: datetime,
) -> None:
    """Add one information while the demande is open and its mandat stands; the thread says so, never the value.

    Raises Refus off the aidant side or without mandat, Conflit when closed, Depuis, Invalide with the fields nature,
    libelle, valeur.
    """
    plain, label = " ".join(valeur.split()), " ".join(libelle.split())
    ecrit = Ecrit(cle=_cle_of(cle, nature, label, plain), texte=_texte_of(nature, label))

    async def decide(signed: Signed, demande: Demande) -> Decision:
        require_living(signed, demande)
        require(can_add_information(signed.droits, demande.parties))
        known = await _check(demande, nature, label, plain)

        async def change() -> Mapping[str, Any]:
            agent = signed.droits.agent
            await resume_delais(demande, now)
            [added] = await seal_informations(demande.numero, [(known, label, plain)], agent, now)
            return {"information": added, "nature": known}

        said = replace(ecrit, signature=remembered_signature(signed))
        publication = Publication(
            Fait.INFORMATION_AJOUTEE, demande.numero, choose_voix(signed, demande), said
        )
        return Decision(publication, change)

    acte = ActeSaisi(fait=Fait.INFORMATION_AJOUTEE, ecrit=ecrit, vu=vu, decide=decide, is_named_by_key=True)
    await act(signed, demande, acte, now)


def _cle_of(cle: UUID, *champs: str) -> UUID:
    """The key of this form and of what it holds: the thread never says the value, so only a key can tell two apart.
    Nobody can work the value back without the key of the form, which is kept nowhere.
    """
    return uuid5(cle, "\n".join(champs))


def _texte_of(nature: str, libelle: str) -> str:
    if nature not in set(NatureIdentifiant):
        return libelle
    known = NatureIdentifiant(nature)
    return libelle if known.fiche.is_libre else known.libelle


async def seal_informations(
    numero: int, informations: Sequence[tuple[NatureIdentifiant, str, str]], agent: int, now: datetime
) -> list[int]:
    """Write (nature, libellé, valeur) sealed, in the current transaction; an empty value is one not to be had."""
    if not informations:
        return []
    rows = await tables.UsagerInformations.insert(
        *(
            tables.UsagerInformations(
                demande=numero,
                nature=nature.value,
                libelle=libelle if nature.fiche.is_libre else "",
                valeur_scellee=trousseau().seal_text(valeur, _contexte(numero, nature)),
                empreinte=empreinte_information(nature, valeur),
                added_by=agent,
                added_at=now,
            )
            for nature, libelle, valeur in informations
        )
    ).returning(tables.UsagerInformations.id)
    return [row["id"] for row in rows]


async def _check(demande: Demande, nature: str, libelle: str, valeur: str) -> NatureIdentifiant:
    erreurs: dict[str, str] = {}
    known = NatureIdentifiant(nature) if nature in set(NatureIdentifiant) else None
    if known is None:
        erreurs["nature"] = "Choisissez l’information à ajouter."
    elif known.fiche.is_reserve and not await _is_nir_autorise(demande):
        erreurs["nature"] = (
            "Aucun organisme sollicité n’a le droit de recevoir le numéro de sécurité sociale."
        )
    if known is not None and known.fiche.is_libre and not libelle:
        erreurs["libelle"] = "Dites de quelle information il s’agit."
    elif len(libelle) > LIBELLE_MAX:
        erreurs["libelle"] = f"Raccourcissez le nom de l’information\u00a0: {LIBELLE_MAX} caractères au plus."
    if not valeur:
        erreurs["valeur"] = "Écrivez l’information à ajouter."
    elif len(valeur) > VALEUR_MAX:
        erreurs["valeur"] = f"Raccourcissez l’information\u00a0: {VALEUR_MAX} caractères au plus."
    if known is None or erreurs:
        raise Invalide(erreurs)
    return known


NIR_AUTORISE = """
select exists (
    select from sollicitations s join groupes g on g.id = s.groupe join organismes o on o.id = g.organisme
    where s.demande = :demande and o.is_nir_autorise
) as is_autorise
"""


async def _is_nir_autorise(demande: Demande) -> bool:
    row = await database.fetch_one(NIR_AUTORISE, demande=demande.numero)
    assert row is not None
    return bool(row["is_autorise"])


def information_of(numero: int, row: Sequence[Any]) -> Information:
    """A row of `INFORMATIONS`, masked, for whoever may read this demande."""
    identifiant, mot, libelle, scellee, added_at, added_by = row
    nature = NatureIdentifiant(mot)
    valeur = trousseau().open_text(scellee, _contexte(numero, nature))
    return Information(
        id=identifiant,
        nature=nature,
        libelle=libelle or nature.libelle,
        valeur=mask_identifiant(nature, valeur) if valeur else ABSENT,
        is_masked=bool(valeur),
        added_by=added_by,
        added_at=added_at,
    )


def _contexte(numero: int, nature: str) -> str:
    return f"usager_information:{numero}:{nature}"
