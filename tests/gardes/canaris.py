"""Words that stand nowhere else, one in every sensitive field, and who may ever read each (quality S2; product §3).

Demande `a` is open, `b` has lost its mandat, `c` is closed. Columns are `roles.ROLES`, in order.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from app import database
from app.domain.acces.posts_scelles import seal_post
from app.domain.echanges.fil import name_ligne
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled
from tests.domain.scene import answers_wait
from tests.gardes.gestes import APPEL, PAPIER, post_here, see_now
from tests.gardes.porte import Champs, Reponse, Visiteur, enter, write_multipart
from tests.gardes.roles import ROLES, Objets, Scene, make_scene

DEBUT, FIN = "zorbe", "lune"

#: What a canary looks like when it is no word.
CHIFFRES = {
    "nir": "268062212345672",
    "caf": "7391846",
    "telephone_usager": "0639980172",
    "telephone_appele": "0639984721",
}

LISIBLE = """
                     deh aut inv col ins arr par ext exp res pil adm
titre_a               ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
titre_b               ·   ✔   ·   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
titre_c               ·   ✔   ✔   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
description_a         ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
description_c         ·   ✔   ✔   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
urgence_a             ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
prenom_a              ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
nom_a                 ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
nom_c                 ·   ✔   ✔   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
naissance_a           ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
autre_libelle_a       ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
autre_valeur_a        ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
nir                   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
caf                   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
telephone_usager      ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
public_a              ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
public_c              ·   ✔   ✔   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
prive_a               ·   ·   ·   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
prive_c               ·   ·   ·   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
ancien_a              ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
ancien_prive_a        ·   ·   ·   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
invitation_a          ·   ✔   ✔   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
invitation_privee_a   ·   ·   ·   ·   ✔   ✔   ·   ·   ✔   ·   ·   ·
fichier_nom_a         ·   ✔   ✔   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
fichier_contenu_a     ·   ✔   ✔   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
prive_fichier_nom_a   ·   ·   ·   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
prive_contenu_a       ·   ·   ·   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
telephone_appele      ·   ✔   ✔   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
revocation_b          ·   ✔   ·   ·   ✔   ✔   ·   ·   ·   ·   ·   ·
commentaire_c         ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
brouillon_nouvelle    ·   ✔   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
brouillon_reponse_a   ·   ·   ·   ·   ✔   ·   ·   ·   ·   ·   ·   ·
brouillon_fichier_a   ·   ·   ·   ·   ✔   ·   ·   ·   ·   ·   ·   ·
partance_a            ·   ·   ·   ·   ✔   ·   ·   ·   ·   ·   ·   ·
partance_fichier_a    ·   ·   ·   ·   ✔   ·   ·   ·   ·   ·   ·   ·
reprise               ·   ✔   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
contact               ·   ✔   ·   ·   ·   ·   ·   ·   ·   ·   ·   ✔
procedure             ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ✔
adresse               ·   ·   ·   ·   ✔   ✔   ·   ·   ·   ✔   ·   ✔
"""

#: Where words may stand as they are in the base. What is not named here is sealed, or is not kept.
AU_REPOS = {
    "demandes.titre": {"titre"},
    "demandes.description": {"description"},
    "demandes.urgence_precision": {"urgence"},
    "demandes.usager_prenom": {"prenom"},
    "demandes.usager_nom": {"nom"},
    "demandes.usager_naissance": {"naissance"},
    "demandes.repere": {"titre", "prenom", "nom", "description"},
    "corrections.texte": {"ancien", "ancien_prive"},
    "usager_informations.libelle": {"autre_libelle"},
    "messages.texte": {"public", "prive", "invitation", "invitation_privee"},
    "messages.repere": {"public", "prive", "invitation", "invitation_privee"},
    "pieces_jointes.nom": {"fichier_nom", "prive_fichier_nom", "brouillon_fichier", "partance_fichier"},
    "procedures.texte": {"procedure"},
    "mandats.revocation_motif": {"revocation"},
    "satisfactions.commentaire": {"commentaire"},
    "agents.email": {"adresse"},
    "courriels.adresse": {"adresse"},
}


def list_canaris() -> Iterator[tuple[str, frozenset[str]]]:
    """(name, roles that may read it) of every canary."""
    for line in LISIBLE.strip().splitlines()[1:]:
        nom, *cells = line.split()
        assert len(cells) == len(ROLES), f"not a line of the table: {line}"
        yield nom, frozenset(role for role, cell in zip(ROLES, cells, strict=True) if cell == "✔")


def mot(nom: str) -> str:
    """The word itself: letters only, so that nothing takes it for a number or a date."""
    return CHIFFRES.get(nom) or f"{DEBUT}{nom.replace('_', '')}{FIN}"


LETTRES = {nom: mot(nom) for nom, _ in list_canaris() if nom not in CHIFFRES}


# What is drawn by chance (the names of pages and forms, what signs them) holds any seven digits one day: it is no text.
DRAWN = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{16,})\b")
# One after the other: a walk reads thousands of pages, and an expression takes six times as long.
BETWEEN_DIGITS = (" ", ".", "\u00a0", "\u202f", "-")


def found_in(texte: str) -> set[str]:
    """The canaries of a text, whatever its case; digits also behind spaces, dots and +33."""
    # A search puts a mark in the middle of a word.
    low = texte.lower()
    low = low + "\n" + re.sub(r"<[^>]*>", "", low)
    found = _digits_in(low)
    # Most texts hold none of them, even among what is drawn by chance, which takes longer to leave out.
    found = found and _digits_in(DRAWN.sub("x", low))
    # They all begin alike: a text without that beginning, as most are, is not searched for each.
    return found | {nom for nom, lettres in LETTRES.items() if lettres in low} if DEBUT in low else found


def _digits_in(low: str) -> set[str]:
    """The canaries that are numbers, however they are written."""
    for mark in BETWEEN_DIGITS:
        low = low.replace(mark, "")
    digits = low.replace("+33", "0")
    return {nom for nom, chiffres in CHIFFRES.items() if chiffres in digits}


async def make_volee(now: datetime) -> tuple[Scene, dict[str, Objets]]:
    """The scene with its canaries let loose, by the pages themselves; the demandes by letter."""
    scene = await make_scene(now)
    await database.fetch(
        "update agents set email = :email where id = :agent",
        agent=CAST.ines,
        email=f"{mot('adresse')}@exemple.fr",
    )
    aida, ines = scene.visiteurs["auteur"], scene.visiteurs["instructeur"]
    demandes = {letter: await _send(aida, letter) for letter in "abc"}
    for letter in "ac":
        await _answer(ines, demandes[letter], letter)
    await _correct(ines, demandes["a"])
    await _attach(aida, demandes["a"], "fichier_nom_a", "fichier_contenu_a")
    await _attach(ines, demandes["a"], "prive_fichier_nom_a", "prive_contenu_a", is_prive=1)
    await _bring_in(aida, ines, demandes)
    await _come_and_go(demandes["a"])
    await _did(
        post_here(
            aida,
            f"/demandes/{demandes['b']}/mandat/revocation",
            {"motif": "autre", "precision": mot("revocation_b")},
        )
    )
    await _did(
        post_here(
            aida, f"/demandes/{demandes['c']}/cloture", {"note": 3, "commentaire": mot("commentaire_c")}
        )
    )
    await _write_drafts(aida, ines, demandes["a"])
    await _did(aida.post("/aide/contact", {"cle": uuid4(), "sujet": "autre", "texte": mot("contact")}))
    kept = await seal_post(
        CAST.aida,
        f"/demandes/{demandes['a']}/messages",
        {"texte": [mot("reprise")]},
        has_files=False,
        now=now,
    )
    assert kept is not None
    await send_later(ines, demandes["a"])
    scene = replace(scene, ici=replace(scene.ici, post=kept))
    return scene, {letter: await _objets_of(numero, scene.ici) for letter, numero in demandes.items()}


async def _did(act: object) -> Reponse:
    reponse: Reponse = await act  # type: ignore[misc]
    assert reponse.status in {200, 303}, reponse.texte[:3000]
    return reponse


async def _send(aida: Visiteur, letter: str) -> int:
    """A demande to the CAF and to the CPAM, Aline invited but in `b`, the consent given by phone."""
    way = APPEL | {"appel_numero": CHIFFRES["telephone_appele"]} if letter == "a" else PAPIER
    infos = {
        "autre_nature": ["autre", "nir", "telephone"],
        "autre_libelle": [mot("autre_libelle_a"), "", ""],
        "autre_valeur": [mot("autre_valeur_a"), CHIFFRES["nir"], CHIFFRES["telephone_usager"]],
    }
    champs: Champs = filled(
        titre=mot(f"titre_{letter}"),
        description=mot(f"description_{letter}"),
        prenom=mot(f"prenom_{letter}"),
        nom=mot(f"nom_{letter}"),
        naissance=mot(f"naissance_{letter}"),
        identifiant_allocataire_caf=CHIFFRES["caf"],
        urgence="urgente",
        motif="autre",
        precision=mot(f"urgence_{letter}"),
        collegues=[] if letter == "b" else [CAST.aline],
    )
    champs |= way | (infos if letter == "a" else {})
    reponse = await _did(aida.post("/demandes/nouvelle", champs))
    return int(reponse.entete("location").rsplit("/", 1)[1])


async def _answer(ines: Visiteur, numero: int, letter: str) -> None:
    for nom, is_prive in ((f"public_{letter}", {}), (f"prive_{letter}", {"is_prive": 1})):
        # The answer is flagged: what is proposed to everybody is the other text alone.
        flag = {} if is_prive else {"is_procedure": 1, "procedure": mot("procedure")}
        champs = {"acte": "message", "cle": uuid4(), "texte": mot(nom), **is_prive, **flag}
        await _did(post_here(ines, f"/demandes/{numero}/messages", champs))


async def _correct(ines: Visiteur, numero: int) -> None:
    """What she wrote first is a trace below what she says instead."""
    for nom, is_prive in (("ancien_a", {}), ("ancien_prive_a", {"is_prive": 1})):
        champs = {"acte": "message", "cle": uuid4(), "texte": mot(nom), **is_prive}
        await _did(post_here(ines, f"/demandes/{numero}/messages", champs))
        [row] = await database.fetch(
            "select max(id) as id from messages where demande = :numero", numero=numero
        )
        await _did(
            ines.post(
                f"/demandes/{numero}/messages/{name_ligne(row['id'])}/correction",
                {"texte": "C’est mieux dit ainsi."},
            )
        )


async def _attach(who: Visiteur, numero: int, nom: str, contenu: str, **more: int) -> None:
    cle = uuid4()
    champs: Champs = {
        "acte": "message",
        "cle": cle,
        "pieces_de": cle,
        "texte": "Voici.",
        "vu": await see_now(who.agent, numero),
        **more,
    }
    corps, forme = write_multipart(who, champs, mot(contenu).encode(), f"{mot(nom)}.txt")
    await _did(who.send("POST", f"/demandes/{numero}/messages", corps=corps, entetes=[forme]))


async def _bring_in(aida: Visiteur, ines: Visiteur, demandes: dict[str, int]) -> None:
    """The experts everywhere but in `b`; France Travail, where nobody is, with a private word."""
    for letter, texte in (("a", mot("invitation_a")), ("c", "")):
        champs = {"experts": 1, "texte": texte, "cle": uuid4()}
        await _did(post_here(aida, f"/demandes/{demandes[letter]}/invitations", champs))
    await _did(
        post_here(
            ines,
            f"/demandes/{demandes['a']}/invitations",
            {
                "groupes": [CAST.groupes.cpam_974],
                "texte": mot("invitation_privee_a"),
                "is_prive": 1,
                "cle": uuid4(),
            },
        )
    )
    # Asked, then out of it: nobody of that groupe is one of the twelve.
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.eve)


async def _come_and_go(numero: int) -> None:
    """Idir takes charge, then leaves the groupe for good."""
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent, :groupe, true, now())",
        agent=CAST.idir,
        groupe=CAST.groupes.caf,
    )
    idir = await enter(CAST.idir)
    await _did(idir.get(f"/demandes/{numero}"))
    await _did(post_here(idir, f"/demandes/{numero}/messages", {"acte": "prise_en_charge", "cle": uuid4()}))
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.idir)


async def _write_drafts(aida: Visiteur, ines: Visiteur, numero: int) -> None:
    champs: Champs = {"formulaire": uuid4(), "titre": mot("brouillon_nouvelle")}
    await _did(aida.post("/demandes/nouvelle/brouillon", champs))
    cle = uuid4()
    champs = {"acte": "message", "cle": cle, "texte": mot("brouillon_reponse_a"), "is_prive": 1}
    await _did(post_here(ines, f"/demandes/{numero}/brouillon", champs))
    champs = {"pieces_de": cle, "pieces_demande": numero}
    corps, forme = write_multipart(ines, champs, b"Projet.", f"{mot('brouillon_fichier_a')}.txt")
    entetes = [forme, (b"hx-request", b"true")]
    await _did(ines.send("POST", "/pieces-jointes", corps=corps, entetes=entetes))


async def send_later(who: Visiteur, numero: int) -> None:
    """An answer with a file that waits before it leaves."""
    cle = uuid4()
    champs: Champs = {
        "acte": "message",
        "cle": cle,
        "pieces_de": cle,
        "texte": mot("partance_a"),
        "vu": await see_now(who.agent, numero),
    }
    corps, forme = write_multipart(who, champs, b"Bientot.", f"{mot('partance_fichier_a')}.txt")
    with answers_wait():
        await _did(who.send("POST", f"/demandes/{numero}/messages", corps=corps, entetes=[forme]))


async def _objets_of(numero: int, like: Objets) -> Objets:
    """What the addresses of this demande may name."""
    row = await database.fetch_one(
        """
        select (select id from mandats where demande = :numero limit 1) as mandat,
            (select id from pieces_jointes where demande = :numero order by uploaded_at, id limit 1) as piece,
            (select id from usager_informations where demande = :numero order by id limit 1) as information
        """,
        numero=numero,
    )
    assert row is not None
    return replace(
        like,
        numero=numero,
        mandat=row["mandat"],
        piece=row["piece"] or UUID(int=0),
        information=row["information"] or 0,
    )
