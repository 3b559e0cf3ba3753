"""The referentiel as the A+ team changes it: shown before and after, published with a reason, kept by versions.

The rows of the base are the current version, which every page of every machine reads: nothing else has to be refreshed.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.administration.fichier import (
    ConditionsPortees,
    FichierReferentiel,
    read_fichier,
    write_fichier,
)
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.dates import day_in_paris
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require
from app.domain.territoire.contenu import (
    Contenu,
    Element,
    JoursLocaux,
    Sorte,
    as_rows,
    contenu_of,
    element_of,
)
from app.domain.territoire.differences import Difference, SortElement, list_differences, name_of
from app.domain.territoire.ecriture import read_courant, write_courant
from app.domain.territoire.fautes import Faute, find_fautes
from app.verrous import Verrou

RAISON_MAX = 500
VERSIONS_MAX = 200
#: Beyond, a count says « plus de 1 000 ».
COMPTE_MAX = 1_000
ENTRE_TEMPS = (
    "Un collègue a publié une autre version entre-temps\u00a0: rien n’est perdu. Relisez ce que la vôtre change "
    "maintenant."
)
RETIREZ = "Retirez-le plutôt\u00a0: il n’est plus proposé, et reste où il sert."
A_PARTIR_DE_DEMAIN = "les jours changent à partir de demain\u00a0; ceux d’avant restent comme ils étaient."
RIEN = "Rien ne change\u00a0: il n’y a rien à publier."
UTILISE = "Un élément supprimé vient d’être utilisé\u00a0: relisez, puis recommencez."


@dataclass(frozen=True)
class ReferentielPropose:
    """A change that is not published: one element put or dropped (`element` is None), or everything at once."""

    sorte: Sorte | None = None
    code: str = ""
    element: Element | None = None
    contenu: Contenu | None = None
    conditions: tuple[ConditionsPortees, ...] = ()
    """Those of the file, which are published apart."""

    def apply(self, avant: Contenu, today: date) -> Contenu:
        """The content it leads to. Days gone by stay as they were: what was counted with them is over."""
        if self.contenu is not None:
            return _keep_past(avant, self.contenu, today)
        assert self.sorte is not None
        return (
            avant.drop(self.sorte, self.code) if self.element is None else avant.put(self.sorte, self.element)
        )

    def write(self) -> str:
        """What its page sends back when it is published."""
        if self.contenu is not None:
            return write_fichier(FichierReferentiel(self.contenu, self.conditions), indent=None)
        element = None if self.element is None else asdict(self.element)
        return json.dumps({"sorte": self.sorte, "code": self.code, "element": element}, ensure_ascii=False)


def read_proposition(texte: str) -> ReferentielPropose:
    """What `write` wrote. Raises Invalide."""
    try:
        rows = json.loads(texte)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, dict) or set(rows) != {"sorte", "code", "element"}:
        fichier = read_fichier(texte)
        return ReferentielPropose(contenu=fichier.contenu, conditions=fichier.conditions)
    sorte = read_sorte(rows["sorte"])
    if sorte is None or not isinstance(rows["code"], str):
        raise Invalide({"": RIEN})
    element = None if rows["element"] is None else element_of(sorte, rows["element"])
    return ReferentielPropose(sorte, rows["code"], element)


def read_sorte(texte: Any) -> Sorte | None:
    """The kind that bears this word."""
    return next((sorte for sorte in Sorte if sorte == texte), None)


@dataclass(frozen=True)
class Usage:
    """Where an element serves: open demandes concerned, and why it may not be removed (empty when it may)."""

    ouvertes: int
    retenu: str


@dataclass(frozen=True)
class ApercuReferentiel:
    """What a proposition changes to the version `vu`. `ouvertes`: open demandes concerned, by (kind, code)."""

    vu: int
    differences: tuple[Difference, ...]
    fautes: tuple[Faute, ...]
    refus: tuple[str, ...]
    ouvertes: dict[tuple[Sorte, str], int]

    @property
    def is_publiable(self) -> bool:
        """Something changes, and nothing stands against it."""
        return bool(self.differences) and not self.fautes and not self.refus


@dataclass(frozen=True)
class VersionPubliee:
    """A line of the history; version 0 was published by nobody."""

    numero: int
    raison: str
    agent: str
    published_at: datetime | None


LAST = "select coalesce(max(numero), 0) as numero from versions_referentiel"
VERSIONS = """
select v.numero, v.raison, coalesce(trim(a.prenom || ' ' || a.nom), '') as agent, v.published_at
from versions_referentiel v left join agents a on a.id = v.published_by
where :numero::integer is null or v.numero = :numero
order by v.numero desc limit :most
"""
CONTENU = "select contenu from versions_referentiel where numero = :numero"
INSERT = """
insert into versions_referentiel (numero, contenu, raison, published_by, published_at)
values (:numero, :contenu::jsonb, :raison, :agent, :now) on conflict (numero) do nothing
"""
USAGES: dict[Sorte, str] = {
    Sorte.THEMES: """
select t.code, 0 as tenus, 0 as autres, (select count(*) from (select from demandes d join sujets s on s.id = d.sujet
    where s.theme = t.id and d.closed_at is null limit :most + 1) x) as ouvertes
from themes t where t.code = any(:codes)
""",
    Sorte.SUJETS: """
select s.code, (select count(*) from (select from demandes d where d.sujet = s.id limit :most + 1) x) as tenus,
    (select count(*) from procedures p where p.sujet = s.id)
        + (select count(*) from propositions w where w.sujet = s.id)
        + (select count(*) from blocages b where b.sujet = s.id) as autres,
    (select count(*) from (select from demandes d where d.sujet = s.id and d.closed_at is null
        limit :most + 1) x) as ouvertes
from sujets s where s.code = any(:codes)
""",
    Sorte.ORGANISMES: """
select o.code, (select count(*) from groupes g where g.organisme = o.id) as tenus,
    (select count(*) from perimetres p where p.organisme = o.id)
        + (select count(*) from jetons j where j.organisme = o.id)
        + (select count(*) from blocages b where b.organisme = o.id)
        + (select count(*) from (select from satisfactions c where c.organisme = o.id limit 1) x) as autres,
    (select count(*) from (select distinct s.demande from groupes g join sollicitations s on s.groupe = g.id
        join demandes d on d.numero = s.demande
        where g.organisme = o.id and d.closed_at is null limit :most + 1) x) as ouvertes
from organismes o where o.code = any(:codes)
""",
    Sorte.JOURS: """
select p.code, 0 as tenus, 0 as autres, (select count(*) from (select from demandes d where d.departement = p.id
    and d.closed_at is null limit :most + 1) x) as ouvertes
from departements p where p.code = any(:codes)
""",
}


async def read_referentiel(signed: Signed) -> Contenu:
    """What every page reads today. Raises Refus."""
    require(can_administer(signed.droits))
    return await read_courant()


async def list_versions(signed: Signed) -> list[VersionPubliee]:
    """The history, the last one first. Raises Refus."""
    require(can_administer(signed.droits))
    rows = await database.fetch(VERSIONS, numero=None, most=VERSIONS_MAX)
    return [VersionPubliee(**dict(row)) for row in rows] or [VersionPubliee(0, "", "", None)]


async def read_version(signed: Signed, numero: int) -> Contenu:
    """What a version said. Raises Refus, Introuvable."""
    require(can_administer(signed.droits))
    row = await database.fetch_one(CONTENU, numero=numero)
    if row is not None:
        return contenu_of(json.loads(row["contenu"]))
    if numero == await _read_last():
        return await read_courant()
    raise Introuvable


async def list_changes(signed: Signed, numero: int) -> list[Difference]:
    """What this version changed to the one before. Raises Refus, Introuvable."""
    apres = await read_version(signed, numero)
    return list_differences(await read_version(signed, numero - 1), apres) if numero else []


async def propose_version(signed: Signed, numero: int) -> ReferentielPropose:
    """Going back to a version: what it did not know and serves today is retired, never removed.

    Raises Refus, Introuvable.
    """
    apres, courant = await read_version(signed, numero), await read_courant()
    for sorte in Sorte:
        lost = [one for one in courant.list_of(sorte) if apres.find(sorte, one.code) is None]
        usages = await _find_usages(sorte, [one.code for one in lost])
        for one in lost:
            if sorte.is_retirable and usages[one.code].retenu:
                apres = apres.put(sorte, replace(one, is_retire=True))
    # What stays needs what it names.
    named = {(Sorte.ORGANISMES, code) for sujet in apres.sujets for code in sujet.organismes}
    named |= {(Sorte.THEMES, sujet.theme) for sujet in apres.sujets}
    named |= {(Sorte.THEMES, code) for organisme in apres.organismes for code in organisme.themes}
    for sorte, code in sorted(named):
        if apres.find(sorte, code) is None and (one := courant.find(sorte, code)) is not None:
            apres = apres.put(sorte, replace(one, is_retire=True))
    return ReferentielPropose(contenu=apres)


async def preview(signed: Signed, proposition: ReferentielPropose, now: datetime) -> ApercuReferentiel:
    """What it would change, and what stands against it. Raises Refus."""
    require(can_administer(signed.droits))
    avant, vu = await read_courant(), await _read_last()
    today = day_in_paris(now)
    return await _compare(avant, proposition.apply(avant, today), vu, today)


async def publish_referentiel(
    signed: Signed, proposition: ReferentielPropose, *, vu: int | None, raison: str, now: datetime
) -> int:
    """Make it the version that every page reads; returns its number.

    `vu` is the version its page had seen, None when it says none. Raises Refus, Invalide (`raison`,
    or what stands against it), Conflit when another version came first.
    """
    require(can_administer(signed.droits))
    if not raison or len(raison) > RAISON_MAX:
        raise Invalide({"raison": f"Dites pourquoi, en {RAISON_MAX} caractères au plus."})
    today = day_in_paris(now)
    try:
        async with database.transaction():
            # Of two at once, the second sees the first.
            await database.fetch("select pg_advisory_xact_lock(:lock)", lock=Verrou.REFERENTIEL)
            last, avant = await _read_last(), await read_courant()
            if vu != last:
                raise Conflit(ENTRE_TEMPS)
            apres = proposition.apply(avant, today)
            apercu = await _compare(avant, apres, last, today)
            if not apercu.is_publiable:
                phrases = [*(faute.phrase for faute in apercu.fautes), *apercu.refus] or [RIEN]
                raise Invalide({"": phrases[0]})
            if last == 0:
                await _insert(0, avant, "", None, now)
            await write_courant(avant, apres, today + timedelta(days=1))
            await _insert(last + 1, apres, raison, signed.droits.agent, now)
            details = {"version": last + 1}
            await happened(Fait.REFERENTIEL_PUBLIE, agent=signed.droits.agent, details=details, now=now)
    except database.STILL_USED as error:
        raise Conflit(UTILISE) from error
    return last + 1


def say_compte(nombre: int, singulier: str, au_pluriel: str) -> str:
    """How many there are, in words: « 1 demande », « plus de 1 000 demandes »."""
    more = "plus de " if nombre > COMPTE_MAX else ""
    compte = f"{min(nombre, COMPTE_MAX):,}".replace(",", "\u00a0")
    return f"{more}{compte} {singulier if nombre < 2 else au_pluriel}"


async def _read_last() -> int:
    row = await database.fetch_one(LAST)
    assert row is not None
    numero: int = row["numero"]
    return numero


async def _insert(numero: int, contenu: Contenu, raison: str, agent: int | None, now: datetime) -> None:
    rows = json.dumps(as_rows(contenu))
    await database.fetch(INSERT, numero=numero, contenu=rows, raison=raison, agent=agent, now=now)


async def _compare(avant: Contenu, apres: Contenu, vu: int, today: date) -> ApercuReferentiel:
    differences = list_differences(avant, apres)
    refus: list[str] = []
    ouvertes: dict[tuple[Sorte, str], int] = {}
    for sorte in Sorte:
        changed = [one for one in differences if one.sorte is sorte and one.code]
        usages = await _find_usages(sorte, [one.code for one in changed])
        for one in changed:
            usage = usages.get(one.code, Usage(0, ""))
            ouvertes[sorte, one.code] = usage.ouvertes
            if one.acte is SortElement.SUPPRESSION and usage.retenu:
                refus.append(f"{one.nom}\u00a0: {usage.retenu} {RETIREZ}")
    refus += _refuse_past(avant, apres, today)
    return ApercuReferentiel(vu, tuple(differences), tuple(find_fautes(apres)), tuple(refus), ouvertes)


async def _find_usages(sorte: Sorte, codes: Sequence[str]) -> dict[str, Usage]:
    if not codes:
        return {}
    rows = await database.fetch(USAGES[sorte], codes=list(codes), most=COMPTE_MAX)
    return {row["code"]: Usage(row["ouvertes"], _say_retenu(sorte, row)) for row in rows}


def _say_retenu(sorte: Sorte, row: Any) -> str:
    if row["tenus"]:
        nouns = ("groupe", "groupes") if sorte is Sorte.ORGANISMES else ("demande", "demandes")
        ouvertes = (
            f", dont {say_compte(row['ouvertes'], 'ouverte', 'ouvertes')}" if sorte is Sorte.SUJETS else ""
        )
        return f"sert à {say_compte(row['tenus'], *nouns)}{ouvertes}."
    return "sert encore (procédures, blocages, périmètres, jetons ou avis)." if row["autres"] else ""


def _keep_past(avant: Contenu, apres: Contenu, today: date) -> Contenu:
    for code in {one.code for one in (*avant.jours, *apres.jours)}:
        former = avant.find(Sorte.JOURS, code) or JoursLocaux(code)
        wanted = apres.find(Sorte.JOURS, code) or JoursLocaux(code)
        kept = {
            champ: tuple(
                sorted(
                    {j for j in getattr(former, champ) if j <= today.isoformat()}
                    | {j for j in getattr(wanted, champ) if j > today.isoformat()}
                )
            )
            for champ in ("feries", "ouvres")
        }
        apres = apres.put(Sorte.JOURS, JoursLocaux(code, **kept))
    return apres


def _refuse_past(avant: Contenu, apres: Contenu, today: date) -> list[str]:
    kept = _keep_past(avant, apres, today)
    changed = {one.code for one in {*kept.jours} ^ {*apres.jours}}
    return [
        f"{name_of(Sorte.JOURS, JoursLocaux(code))}\u00a0: {A_PARTIR_DE_DEMAIN}" for code in sorted(changed)
    ]
