"""`/demandes/nouvelle`: the form of a new demande, its steps, its sending (product §5)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain import mandats
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.brouillons import (
    DEJA_ENVOYE,
    BrouillonAilleurs,
    EtatBrouillon,
    find_formulaire,
    is_written,
    name_next,
    save_brouillon,
)
from app.domain.faits.registre import Fait
from app.domain.nouvelles_demandes.composition import compose
from app.domain.nouvelles_demandes.depart import wait_for_oui
from app.domain.nouvelles_demandes.ecarts import Comparaison, compare_draft, compare_sent
from app.domain.nouvelles_demandes.envoi import DejaEnvoyee, send_demande
from app.domain.nouvelles_demandes.etapes import is_change, read_answer, read_step
from app.domain.nouvelles_demandes.recapitulatif import Recapitulatif, summarise
from app.domain.nouvelles_demandes.reponses_suggestions import count_answer
from app.domain.nouvelles_demandes.saisie import REFUS, REGIMES, Saisie, open_saisie
from app.domain.pieces_jointes.panier import Panier, asks_only_for_files, follow_panier, load_panier
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_create_demande, require
from app.domain.regles.urgences import MotifUrgence
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, Visit
from app.televersement import ENVOI_MAX

URL = "/demandes/nouvelle"
PAGE = "nouvelle_demande/page.html"
REGION = "nouvelle_demande/formulaire.html"
OPT = {"suit": ("actualiser", "choisir", "appel"), "sans_jumeau": True}
DRAFTS = "/demandes?onglet=brouillons"

#: The buttons that ask for a draft.
GARDER = ("enregistrer", "plus_tard")

Choix = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Options:
    """The lists to choose from; `gardes`: colleagues ticked for another structure, kept in case one comes back."""

    structures: list[tuple[int, str]]
    departements: Choix
    categories: Choix
    sujets: Choix | tuple[tuple[str, Choix], ...]
    collegues: list[tuple[int, str, str]]
    gardes: list[int]


@dataclass(frozen=True)
class Fenetre:
    """The page on screen, by its own name, and the trace of the draft it shows."""

    page: str
    apres: str


@dataclass(frozen=True, kw_only=True)
class NouvelleDemande(Contexte):
    """The form as it is composed, the lists to choose from, where its draft stands, its files."""

    templates = (PAGE, REGION)
    nouvelle: Recapitulatif
    saisie: Saisie
    options: Options
    motifs: list[tuple[str, str]]
    caisses: list[tuple[str, str]]
    avis: list[tuple[str, str]]
    accord: mandats.Section
    brouillon: EtatBrouillon
    panier: Panier
    ici: str
    is_neuve: bool = False
    page: str
    apres: str
    comparaison: Comparaison | None


@get(URL, opt=pages.AVEC_MENU)
async def get_nouvelle_demande(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """The form of this address, as it was left: each has its own, so that Back, refresh and two tabs lose nothing."""
    require(can_create_demande(signed.droits), REFUS)
    asked = criteres.cle("formulaire") or criteres.cle("brouillon")
    formulaire = asked or uuid4()
    suite = await find_formulaire(signed, asked)
    if suite.numero is not None:
        return pages.go(request, f"/demandes/{suite.numero}")
    if suite.is_foreign:
        # This is the address of a colleague's draft: what would be typed there could neither be kept nor sent.
        return pages.go(request, URL)
    kept = suite.brouillon if suite.brouillon and suite.brouillon.demande is None else None
    left = Formulaire(kept.champs if kept else {})
    typed = read_step(signed, left, now) if kept else open_saisie(signed, formulaire, now)
    composition = await compose(signed, typed, now)
    shown = await summarise(signed, composition, now, etape=left.texte("etape"))
    panier = await load_panier(signed, formulaire, None, now) if suite.has_pieces else Panier(formulaire)
    etat = EtatBrouillon(saved_at=kept.updated_at if kept and kept.is_ecrit else None)
    fenetre = Fenetre(str(uuid4()), kept.trace if kept else "")
    context = replace(_contexte(shown, panier, etat, fenetre), is_neuve=not asked)
    return await pages.show(request, PAGE, context)


@post(URL, request_max_body_size=ENVOI_MAX, opt=OPT)
async def create_demande(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """A step of the form, everything typed kept, files included; without `etape`, its sending."""
    etape = form.texte("etape")
    formulaire = form.cle("formulaire")
    panier = await follow_panier(signed, form, formulaire, None, now) if formulaire else None
    erreurs = panier.erreurs if panier else {}
    composition = await compose(signed, read_step(signed, form, now), now)
    if (answer := read_answer(etape)) is not None:
        await count_answer(signed.droits.agent, composition.saisie, composition.cadre, *answer)
    comparaison, is_renamed = None, False
    if not etape and not erreurs and not asks_only_for_files(form):
        try:
            composition.require_seen(form.champs)
            if await wait_for_oui(signed, composition, form.champs, now):
                return pages.go(request, DRAFTS, annonce="depart_attendu")
            numero = await send_demande(signed, composition, form.champs, now)
        except Invalide as invalide:
            erreurs = invalide.erreurs
        except BrouillonAilleurs as ailleurs:
            comparaison = compare_draft(form.champs, ailleurs.autre)
        except DejaEnvoyee as partie:
            # What is typed here may leave as another demande: the form takes another name.
            ici = {**form.champs, "description": [composition.saisie.recit]}
            comparaison = compare_sent(partie.phrase, partie.numero, ici, partie.partie)
            composition = replace(
                composition, saisie=replace(composition.saisie, formulaire=name_next(formulaire or uuid4()))
            )
            is_renamed = True
        else:
            sent = Fait.DEMANDE_SANS_REPONDANT if composition.is_deserte else Fait.DEMANDE_ENVOYEE
            return pages.go(request, f"/demandes/{numero}", annonce=sent)
    shown = await summarise(signed, composition, now, etape=etape)
    if etape == "sms":
        shown, erreurs = await _ask_sms(signed, shown, now)
    etat = EtatBrouillon(saved_at=now, is_debut=not is_written(form.champs))
    fenetre = Fenetre(form.texte("page"), form.texte("apres"))
    # A reader who gets a whole page back may leave it: the draft is kept at once. With htmx, it is when a button has
    # changed the form; what is typed and chosen is heard by the quiet save.
    is_due = comparaison is None and (not pages.is_htmx(request) or not etape or is_change(etape))
    if is_due or is_renamed:
        try:
            etat, fenetre = await _keep(signed, shown.saisie.formulaire, form, fenetre, now)
        except BrouillonAilleurs as ailleurs:
            comparaison = compare_draft(form.champs, ailleurs.autre)
    here = f"{URL}?formulaire={shown.saisie.formulaire}"
    if comparaison is None and not etat.phrase and etape in GARDER:
        return pages.go(request, DRAFTS if etape == "plus_tard" else here, annonce="brouillon_enregistre")
    panier = panier or await load_panier(signed, shown.saisie.formulaire, None, now)
    context = _contexte(shown, panier, etat, fenetre, erreurs=erreurs, comparaison=comparaison)
    # A half typed form may be what no draft could keep: even a bare browser gets the page instead of a redirection.
    return await pages.answer(
        request, REGION, context, page=PAGE, url=None, status=409 if comparaison else None
    )


async def _ask_sms(
    signed: Agent, shown: Recapitulatif, now: datetime
) -> tuple[Recapitulatif, dict[str, str]]:
    """Ask the usager; the composition with where the SMS stands, or why it does not leave."""
    clock = shown.cadre.departement.clock if shown.cadre.departement else signed.calendrier
    formulaire, accord = shown.saisie.formulaire, shown.saisie.accord
    try:
        await mandats.request_sms(
            signed,
            formulaire=formulaire,
            numero=accord.sms_numero,
            structure=shown.cadre.structure.nom,
            zone=clock.zone,
            now=now,
        )
    except Invalide as invalide:
        return shown, invalide.erreurs
    sms = await mandats.find_for_form(signed.droits.agent, formulaire)
    return replace(shown, accord=mandats.build_section(accord, sms, is_new=True)), {}


async def _keep(
    signed: Agent, formulaire: UUID, form: Formulaire, fenetre: Fenetre, now: datetime
) -> tuple[EtatBrouillon, Fenetre]:
    """Save the draft on the way: where it stands. Raises BrouillonAilleurs."""
    if form.texte("etape") == "garder":
        # The reader has seen what the other page wrote, and chose.
        fenetre = replace(fenetre, apres=form.texte("autre"))
    own = {"formulaire": str(formulaire), "page": fenetre.page, "apres": fenetre.apres}
    champs = {**form.champs, **{nom: [valeur] for nom, valeur in own.items()}}
    try:
        is_asked = form.texte("etape") in GARDER
        if not await save_brouillon(signed, formulaire, champs, None, now, is_asked=is_asked):
            return EtatBrouillon(DEJA_ENVOYE, saved_at=now), fenetre
    except Invalide as invalide:
        return EtatBrouillon(next(iter(invalide.erreurs.values())), saved_at=now), fenetre
    return EtatBrouillon(saved_at=now, is_debut=not (is_asked or is_written(champs))), fenetre


def _contexte(
    shown: Recapitulatif,
    panier: Panier,
    brouillon: EtatBrouillon,
    fenetre: Fenetre,
    *,
    erreurs: Mapping[str, str] | None = None,
    comparaison: Comparaison | None = None,
) -> NouvelleDemande:
    saisie, cadre = shown.saisie, shown.cadre
    here = {collegue.id for collegue in cadre.collegues}
    sujets = tuple((c.nom, c.sujets) for c in cadre.categories if saisie.categorie in {None, c.id})
    return NouvelleDemande(
        erreurs=erreurs or {},
        nouvelle=shown,
        saisie=saisie,
        options=Options(
            structures=[(s.groupe, s.nom) for s in cadre.structures],
            departements=tuple((d.id, f"{d.code} · {d.nom}") for d in cadre.departements),
            categories=tuple((c.id, c.nom) for c in cadre.categories),
            sujets=sujets[0][1] if saisie.categorie and sujets else sujets,
            collegues=[(c.id, c.nom, c.fonction) for c in cadre.collegues],
            gardes=[c for c in saisie.collegues if c not in here],
        ),
        motifs=[(motif.value, motif.fiche.libelle) for motif in MotifUrgence],
        caisses=list(REGIMES.items()),
        avis=[(shown.libelle_of(champ), phrase) for champ, phrase in shown.avis.items()],
        accord=shown.accord,
        brouillon=brouillon,
        panier=panier,
        ici=f"{URL}?formulaire={saisie.formulaire}",
        page=fenetre.page,
        apres=fenetre.apres,
        comparaison=comparaison,
    )


ROUTES = [get_nouvelle_demande, create_demande]
