"""`/aide`: guides by role, frequent questions, words, search; open to everyone, signed in or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app import pages, visite
from app.domain.acces.sessions import Signed as Agent
from app.domain.groupes.referents import Referent, list_referents
from app.domain.mots.dates import duree_minutes
from app.domain.mots.folding import fold
from app.domain.regles.errors import Introuvable
from app.pages import Contexte
from app.referentiel import aide
from app.referentiel.aide import Guide, Question, Terme
from app.routes.params import Query, Visit
from app.settings import get_settings

PUBLIC = {"public": True, "sans_cgu": True}
TROUVES_MAX = 30

#: What the states of lists and parts mean, in the words of the badges.
ETATS = [
    ("Nouvelle", "L’aidant a envoyé la demande\u00a0; personne ne l’a encore ouverte."),
    ("Consultée", "Un instructeur l’a ouverte."),
    ("Répondue", "Un instructeur a répondu. «\u00a0Pas concernée\u00a0» n’est pas une réponse."),
    ("Traitée", "Chaque organisme qui ne s’est pas déclaré non concerné a dit avoir fini."),
    (
        "Clôturée",
        "L’aidant a dit que c’est réglé. Elle peut être réouverte jusqu’à l’effacement des données.",
    ),
    ("Sans réponse", "De la part d’un organisme\u00a0: il n’a encore rien écrit que l’aidant puisse lire."),
    ("En cours", "Un instructeur a répondu ou s’en occupe."),
    ("Pas concernée", "L’organisme n’est pas le bon interlocuteur\u00a0: sa part est terminée."),
    ("En souffrance", "Sans réponse après trois jours ouvrés, ou sans nouvelle depuis quinze jours."),
]


@dataclass(frozen=True)
class GuidesDuRole:
    """The guides of one role; `is_mien` when the reader holds it."""

    titre: str
    is_mien: bool
    guides: list[Guide]


@dataclass(frozen=True)
class TrouvailleAide:
    """Something of the help where every word stands."""

    sorte: str
    titre: str
    extrait: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Aide(Contexte):
    """The home of the help. `trouvailles` is None when nothing was looked for."""

    templates = ("aide/page.html",)
    roles: list[GuidesDuRole]
    questions: list[Question]
    etats: list[tuple[str, str]]
    referents: list[Referent]
    termes: int
    q: str
    trouvailles: list[TrouvailleAide] | None


@dataclass(frozen=True, kw_only=True)
class UnGuide(Contexte):
    """One guide, the words it uses, the others of the same role."""

    templates = ("aide/guide.html",)
    guide: Guide
    role: str
    termes: list[Terme]
    autres: list[Guide]


@dataclass(frozen=True, kw_only=True)
class Glossaire(Contexte):
    """Every word explained."""

    templates = ("aide/glossaire.html",)
    termes: list[Terme]


@get("/aide", opt=PUBLIC)
async def get_aide(request: Visit, criteres: Query) -> Response[Any]:
    """For everyone: who cannot sign in reads it too."""
    signed, q = visite.read_signed(request), criteres.texte("q")[:100]
    context = Aide(
        roles=[
            GuidesDuRole(titre, _holds(signed, role), [g for g in aide.guides() if g.role == role])
            for role, titre in aide.ROLES.items()
        ],
        questions=list_questions(),
        etats=ETATS,
        referents=await list_referents(signed.droits) if signed else [],
        termes=len(aide.termes()),
        q=q,
        trouvailles=search_aide(q) if q else None,
    )
    return await pages.show(request, "aide/page.html", context)


@get("/aide/glossaire", opt=PUBLIC)
async def get_glossaire(request: Visit) -> Response[Any]:
    """The words and acronyms, by letter."""
    return await pages.show(request, "aide/glossaire.html", Glossaire(termes=list(aide.termes())))


@get("/aide/{guide:str}", opt=PUBLIC)
async def get_guide(request: Visit, guide: FromPath[str]) -> Response[Any]:
    """One guide. Raises Introuvable."""
    found = next((g for g in aide.guides() if g.code == guide), None)
    if found is None:
        raise Introuvable
    context = UnGuide(
        guide=found,
        role=aide.ROLES[found.role],
        termes=[terme for terme in aide.termes() if terme.code in found.mots],
        autres=[g for g in aide.guides() if g.role == found.role and g is not found],
    )
    return await pages.show(request, "aide/guide.html", context)


def list_questions() -> list[Question]:
    """The frequent questions, true to the settings."""
    minutes = duree_minutes(get_settings().link_minutes)
    return [
        Question(q.code, q.titre, tuple(texte.replace("{minutes}", minutes) for texte in q.textes))
        for q in aide.questions()
    ]


def search_aide(q: str) -> list[TrouvailleAide]:
    """Where every word of `q` stands, titles first; case and accents do not count."""
    mots = fold(q).split()
    everything: list[tuple[TrouvailleAide, Sequence[str]]] = [
        *(
            (
                TrouvailleAide("Guide", g.titre, g.resume, f"/aide/{g.code}"),
                [texte for e in g.etapes for texte in (e.titre, *e.textes)],
            )
            for g in aide.guides()
        ),
        *(
            (TrouvailleAide("Question", x.titre, x.textes[0], f"/aide#{x.code}"), x.textes)
            for x in list_questions()
        ),
        *((TrouvailleAide("État", etat, sens, "/aide#etats"), ()) for etat, sens in ETATS),
        *(
            (TrouvailleAide("Mot", t.mot, f"{t.developpe} {t.sens}".strip(), f"/aide/glossaire#{t.code}"), ())
            for t in aide.termes()
        ),
    ]
    found = []
    for one, more in everything:
        titre, whole = fold(one.titre), fold(" ".join((one.titre, one.extrait, *more)))
        if all(mot in whole for mot in mots):
            found.append((not all(mot in titre for mot in mots), one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])][:TROUVES_MAX]


def _holds(signed: Agent | None, role: str) -> bool:
    if signed is None:
        return False
    droits = signed.droits
    held = {
        "aidant": bool(droits.aidant),
        "instructeur": bool(droits.instructeur),
        "responsable": bool(droits.responsable),
        "equipe": droits.is_administrateur or droits.is_expert or bool(droits.perimetres),
    }
    return held[role]


ROUTES = [get_aide, get_glossaire, get_guide]
