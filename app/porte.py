"""Opening a visit, before every handler: learn when and who, read the form, turn away who may not come in.

Who is not signed in goes to /connexion and comes back where they were going.
"""

import re
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from app import visite, vitrine
from app.cookies import add_annonce, former_agent, read_session_jeton
from app.csrf import PERIMEE, PERSONNE, AutreCompte, Reconnecte, check_csrf, page_agent
from app.database import Indisponible
from app.domain.acces.posts_scelles import erase_post, seal_post
from app.domain.acces.redites import find_envoi, keep_envoi, sign_envoi
from app.domain.acces.sessions import Signed, find_signed
from app.domain.administration.maintenances import Ferme, Maintenance, find_current
from app.domain.administration.vues import see_as
from app.domain.faits.provenance import sign_visit
from app.domain.faits.registre import Fait
from app.domain.listes.menu import find_signed_with_counts
from app.domain.regles.errors import Refus
from app.domain.regles.permissions import can_administer
from app.formulaire import NUMERO_MAX, Formulaire, as_id, list_ecrits
from app.masque import hold, mask
from app.pages import counts_menu_first, go, stay
from app.televersement import TropLourd, read_pairs
from app.visite import read_chemin, read_ici, read_now

REPRISE = "/reprise/"
#: Where a session signed in by mail alone is confirmed: with the phone one has, or by setting one up.
PREUVE = "/connexion/second-facteur"
INSCRIPTION = "/profil/second-facteur"
# What goes on during a maintenance: signing in and out, ending it, what is said of the service, what the demonstration
# shows of mails.
_GOES_ON = re.compile(
    r"/(connexion|deconnexion|cgu|profil/second-facteur|administration/(maintenance|vue/fin)|sante|static|\.well-known"
    r"|mentions-legales|donnees-personnelles|accessibilite|conditions-generales|affichage|_courriels|_telephone)\b"
)
VUE_ACTE = "Vous regardez les pages de quelqu’un d’autre\u00a0: rien ne peut y être enregistré ni envoyé."
VUE_MASQUEE = "Cette page n’est pas montrée à qui regarde les pages de quelqu’un d’autre."
NON_GARDE = "Vous n’êtes plus connecté, et cet envoi ne peut pas être gardé\u00a0: rien n’est envoyé."
BAD_REQUEST, SEE_OTHER = 400, 303
#: What an act that was just done may meet: it is not there any more, not open any more, not as its page had seen it.
REFUSALS = {403, 404, 409, 422, 429}

_Request = Request[Any, Any, Any]


async def open_visit(request: _Request) -> Response[Any] | None:
    """Before every handler: learn when and who; turn away who may not come in.

    Raises Refus for a POST that does not come from one of our own forms, Reconnecte when it comes from a page of a
    former session, Ferme while the service is closed.
    """
    request.state.now = visite.clock()
    opt, owner, maintenance = request.route_handler.opt, None, _meet_maintenance(request)
    if opt.get("sans_session"):
        _require_open(maintenance, None)
        return None
    visite.say_provenance(request)
    if request.method == "POST" and not opt.get("sans_csrf"):
        # The form is read before the base is asked anything: when it is away, the error page gives back what was typed.
        try:
            request.state.formulaire = await read_formulaire(request)
        except TropLourd as refus:
            await _keep_what_came(request, refus)
            raise
        owner = check_csrf(request, request.state.formulaire)
        request.state.is_ours = True
    try:
        request.state.signed = await _find_signed(request)
    except Indisponible:
        # A base that is away is what one closes for.
        _require_open(maintenance, None)
        raise
    _require_open(maintenance, request.state.signed)
    sign_visit(request.state.signed.droits.agent if request.state.signed else None)
    if owner is not None and (answer := await _meet_old_page(request, owner)):
        return answer
    if request.state.signed and request.state.signed.is_half_open:
        return await _confirm_first(request)
    if request.state.signed and request.state.signed.vue and read_chemin(request) not in vitrine.SORTIES:
        return await _look(request, request.state.signed)
    return await _let_in(request)


async def _keep_what_came(request: _Request, refus: TropLourd) -> None:
    """What was read of an envoi that is too large is given back by the error page, to this very session alone."""
    lus = Formulaire.of_query(refus.lus)
    with suppress(Refus):
        if check_csrf(request, lus) is not None:
            return
        request.state.formulaire, request.state.is_ours = lus, True
    with suppress(Indisponible):
        signed = await _find_signed(request)
        if signed and not (signed.is_half_open or signed.vue):
            request.state.signed = signed


def _meet_maintenance(request: _Request) -> Maintenance | None:
    """The maintenance under way, for a visit that it holds back: from here on the base takes no write of it."""
    current = find_current(read_now(request))
    if current is None or _GOES_ON.match(read_chemin(request)):
        return None
    hold()
    return current


def _require_open(maintenance: Maintenance | None, signed: Signed | None) -> None:
    """Raises Ferme: nobody but the A+ team comes in while the service is closed."""
    if maintenance and maintenance.is_closed and not (signed and can_administer(signed.droits)):
        raise Ferme(maintenance)


async def _let_in(request: _Request) -> Response[Any] | None:
    """Who is signed in, and has accepted the conditions, comes in; public pages are for everybody."""
    opt, signed = request.route_handler.opt, request.state.signed
    if signed is None:
        if opt.get("public"):
            return None
        return (_is_step(request) and stay(request)) or await turn_away(request)
    if not (signed.has_accepted_cgu or opt.get("sans_cgu")):
        return (_is_step(request) and stay(request)) or go(
            request, f"/cgu?destination={quote(await _way_back(request))}"
        )
    return None


async def _find_signed(request: _Request) -> Signed | None:
    """Who is signed in; what the menu counts comes with the answer where the page asks for it (`menu`)."""
    jeton, agent = read_session_jeton(request), former_agent(request)
    if jeton is None or agent is None:
        return None
    if not counts_menu_first(request):
        return await find_signed(jeton, read_now(request))
    opt = request.route_handler.opt
    lue = as_id(str(request.path_params["numero"]), NUMERO_MAX) if opt.get("lit") else None
    signed, request.state.counts = await find_signed_with_counts(
        jeton, agent, read_now(request), sauf=opt["menu"], lue=lue
    )
    return signed


async def _confirm_first(request: _Request) -> Response[Any] | None:
    """Signed in by mail alone, where the phone must confirm it: nothing else is seen or done before.

    What is open to all is shown as to a stranger, and what was being sent is kept, as at the end of a session.
    """
    opt = request.route_handler.opt
    page = PREUVE if request.state.signed.has_second_facteur else INSCRIPTION
    if read_chemin(request) == page:
        return None
    if opt.get("public") and opt.get("sans_cgu"):
        request.state.signed = None
        return None
    if _is_step(request) and (answer := stay(request)):
        return answer
    return go(request, f"{page}?destination={quote(await _way_back(request), safe='')}")


async def _look(request: _Request, signed: Signed) -> Response[Any] | None:
    """« Voir comme »: the page is shown as to another agent, read from a base without content that takes no write.

    Raises Refus for an act, and for what is not shown so.
    """
    assert signed.vue is not None
    seen = await see_as(signed, _name_page(request), read_now(request))
    if seen is None:
        return go(request, f"/administration/agents/{signed.vue.agent}", annonce=Fait.VUE_FERMEE)
    request.state.signed, request.state.counts = seen, None
    mask()
    if request.method != "GET" and read_chemin(request) not in vitrine.ACTES:
        raise Refus(VUE_ACTE)
    if vitrine.WITHHELD.match(read_chemin(request)):
        raise Refus(VUE_MASQUEE)
    return None


def _name_page(request: _Request) -> str:
    """The act and the page, for the journal: numbers stand as they are, anything else by the name of its place."""
    known = request.path_params
    chemin = re.sub(
        r"{(\w+)(?::\w+)?}",
        lambda place: str(known[place[1]]) if str(known.get(place[1], "")).isdecimal() else place[1],
        request.scope["path_template"],
    )
    return f"{request.method} {chemin}"


async def close_visit(message: Message, scope: Scope) -> None:
    """What was kept at the end of a session ends with its replay, once it was taken; refused, it stays for its hour. A
    form that came twice leads where it led first.
    """
    if message["type"] != "http.response.start":
        return
    state = scope.get("state", {})
    formulaire, signed = state.get("formulaire"), state.get("signed")
    if formulaire is None or signed is None:
        return
    # Without a base, what was kept goes with its hour, and a twin is refused.
    with suppress(Indisponible):
        await _meet_twin(message, scope, formulaire, signed)
        cle = formulaire.cle("reprise")
        if cle is not None and message["status"] < BAD_REQUEST:
            await erase_post(signed.droits.agent, cle)


async def _meet_twin(message: Any, scope: Scope, formulaire: Formulaire, signed: Signed) -> None:
    """Remember where an act led; a refusal of the very same form, a moment later, leads there too. Where scripts run,
    they hold the second press back; what makes one of two by its own key (`sans_jumeau`) has no need of it.
    """
    headers, status = MutableScopeHeaders.from_message(message), message["status"]
    is_htmx = any(name == b"hx-request" for name, _ in scope["headers"])
    is_alone = scope["route_handler"].opt.get("sans_jumeau")
    if is_htmx or is_alone or formulaire.has_files() or not scope["state"].get("is_ours"):
        return
    request: _Request = Request(scope)
    envoi, now = sign_envoi(read_ici(request), formulaire.champs), read_now(request)
    if status == SEE_OTHER:
        await keep_envoi(signed, envoi, headers["location"], now)
    elif status in REFUSALS and (lieu := await find_envoi(signed, envoi, now)) is not None:
        message["status"] = SEE_OTHER
        headers["location"] = lieu
        add_annonce(headers, "envoi_deja_fait")


async def _meet_old_page(request: _Request, owner: int) -> Response[Any] | None:
    """A page of `owner`, from before the session of now. A quiet save (`discret`) goes on, so that its own region says
    what happens and the page stays on screen, as it does when a step only follows what is typed.

    Raises Reconnecte to its agent, who has signed in again, and AutreCompte to anybody else, once what was typed is
    kept for its agent.
    """
    signed, opt = request.state.signed, request.route_handler.opt
    request.state.owner = owner
    if owner == PERSONNE:
        if signed is None or not opt.get("public"):
            raise Refus(PERIMEE)
        return go(request, "/")
    if signed is None:
        return None
    if signed.droits.agent == owner:
        if opt.get("discret") or _is_step(request) or signed.is_half_open:
            return None
        raise Reconnecte
    # What is not of who is signed in is no more theirs to read than to send.
    request.state.is_ours = False
    request.state.other = signed
    if opt.get("discret"):
        request.state.signed = None
        return None
    return (_is_step(request) and stay(request)) or await turn_away(request)


def _is_step(request: _Request) -> bool:
    """The page follows by itself what is typed (`suit`): it must not be taken away under the typing hands."""
    suit = request.route_handler.opt.get("suit", ())
    return bool(suit) and request.method == "POST" and request.state.formulaire.texte("etape") in suit


async def turn_away(request: _Request) -> Response[Any]:
    """To /connexion, and back; what was being sent is kept for the same agent (product §4).

    Raises AutreCompte when another agent is signed in.
    """
    back = await _way_back(request)
    if other := request.state.get("other"):
        request.state.signed = other
        raise AutreCompte(back if back.startswith(REPRISE) else "")
    annonce = "envoi_garde" if back.startswith(REPRISE) else None
    return go(request, f"/connexion?destination={quote(back, safe='')}", annonce=annonce)


async def _way_back(request: _Request) -> str:
    """The page this visit was going to; for a form, the page that will send it again.

    Raises Refus when a text cannot be kept (a closed account, a text too long): the error page gives it back.
    """
    here = read_ici(request)
    if request.method == "GET":
        return here
    formulaire: Formulaire | None = request.state.get("formulaire")
    # Kept for who was signed in on that page: the cookie of a session that has ended is no proof of who posts.
    agent = page_agent(formulaire) if formulaire else PERSONNE
    if formulaire is None or agent == PERSONNE:
        return "/"
    kept = await seal_post(
        agent, here, formulaire.champs, has_files=formulaire.has_files(), now=read_now(request)
    )
    if kept is None and request.state.get("is_ours") and list_ecrits(formulaire.champs):
        raise Refus(NON_GARDE)
    return f"{REPRISE}{kept}" if kept else "/"


async def read_formulaire(request: _Request) -> Formulaire:
    """The posted form. Raises TropLourd, or a 400 HTTPException when it cannot be read as one.

    The files of a stranger are not even kept for the time of the request.
    """
    try:
        return Formulaire.of_pairs(await read_pairs(request, keeps_files=former_agent(request) is not None))
    except HTTPException as error:
        if error.status_code in {400, 413}:
            raise
        raise HTTPException(status_code=400) from error
    except (ValueError, LookupError, RecursionError, EOFError) as error:
        raise HTTPException(status_code=400) from error
