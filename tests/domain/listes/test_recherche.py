"""Search finds only what may be read, without case or accents, and shows where (product §3, §6)."""

from datetime import datetime

import pytest

from app import database
from app.domain.echanges.usagers import seal_informations
from app.domain.listes.criteres import PAR_PAGE, motifs_of, mots_of
from app.domain.listes.extraits import Morceau, make_extrait, mark_words
from app.domain.listes.recherche import Recherche, find_connues, find_demandes, find_numero
from app.domain.mots.identifiants import NatureIdentifiant
from tests.cas import read_cas
from tests.cast import CAST, PEOPLE
from tests.domain.scene import DAY, HOUR, make_caf_cpam, signed_as
from tests.factories import make_demande, make_invitation, make_message


async def find(agent: int, q: str, now: datetime, page: int = 1) -> Recherche:
    return await find_demandes((await signed_as(agent, now)).droits, q, page)


async def numeros(agent: int, q: str, now: datetime) -> list[int]:
    return [t.rangee.numero for t in (await find(agent, q, now)).trouvailles]


def marked(morceaux: tuple[Morceau, ...]) -> str:
    return "".join(f"[{m.texte}]" if m.is_trouve else m.texte for m in morceaux)


@pytest.mark.parametrize(
    "q", ["ÉNERGIE", "energie", "coeur", "CŒUR", "l'energie", "énergie coeur", "le bris", "Zoé"]
)
async def test_case_accents_and_ligatures_do_not_count(q: str, now: datetime) -> None:
    numero = await make_demande(
        now, titre="Chèque de l’énergie, au cœur de l’hiver", usager=("Zoë", "Le Bris", "")
    )
    await make_demande(now)
    if q == "Zoé":
        await database.fetch(
            "update demandes set repere = repere || ' zoe' where numero = :numero", numero=numero
        )
    assert await numeros(CAST.aida, q, now) == [numero]


async def test_number_first_then_titles_then_messages(now: datetime) -> None:
    named = await make_demande(now, sent_at=now - 9 * DAY)
    in_message = await make_demande(now, sent_at=now - HOUR)
    await make_message(in_message, CAST.ines, f"Voir aussi la demande {named}.", now)
    in_title = await make_demande(now, titre=f"Suite du dossier {named}", sent_at=now - 3 * DAY)
    assert await numeros(CAST.aida, f"n° {named}", now) == [named, in_title, in_message]


async def test_a_word_of_the_description_is_found_and_shown(now: datetime) -> None:
    numero = await make_demande(
        now, titre="Loyer", description="Le bailleur réclame un décompte. " * 9 + "Canari."
    )
    await make_demande(now, titre="Canari jaune", description="Rien d’autre.")
    by_title, by_description = sorted(
        (await find(CAST.aida, "canari", now)).trouvailles, key=lambda t: bool(t.description)
    )
    assert by_title.description == ()
    assert by_description.rangee.numero == numero
    assert marked(by_description.description).endswith("[Canari].")


NUMEROS = [
    (
        "nir",
        "2 85 04 75 123 456 78",
        ["285047512345678", "2.85.04.75.123.456.78", "\u202a2 85 04 75 123 456 78\u202c"],
    ),
    ("allocataire_caf", "1234567", ["1234567", "123 45 67"]),
    ("numero_fiscal", "30 23 217 600 053", ["3023217600053"]),
    (
        "telephone",
        "06 12 34 56 78",
        ["0612345678", "+33 6 12 34 56 78", "06\u201112\u201134\u201156\u201178"],
    ),
]


@pytest.mark.parametrize(("nature", "valeur", "typed"), NUMEROS)
async def test_an_identifier_typed_whole_finds_its_demande(
    nature: str, valeur: str, typed: list[str], now: datetime
) -> None:
    numero = await make_caf_cpam(now)
    await make_demande(now)
    await seal_informations(numero, [(NatureIdentifiant(nature), "", valeur)], CAST.aida, now)
    for q in typed:
        [found] = (await find(CAST.aida, q, now)).trouvailles
        assert (found.rangee.numero, found.is_identifiee) == (numero, True)
        assert await numeros(CAST.eve, q, now) == [], "a stranger learns nothing"
        assert await numeros(CAST.rose, q, now) == [], "nor does who reads no content"
    assert await numeros(CAST.aida, typed[0][:-2], now) == [], "a part of it finds nothing"


async def test_apostrophes_of_every_kind_find_a_name(now: datetime) -> None:
    others = [nom.partition(" (")[0] for nom in read_cas("apostrophes", "aussi")]
    for rang, nom in enumerate(("N´Guessan", *others, "O′Brien", "Oʼuvéa", "N‘Diaye", "d＇Or")):
        cas = read_cas("apostrophes") if nom == "N´Guessan" else []
        numero = await make_demande(now, usager=(f"Kouamé{rang}", nom, ""))
        for q in [*(each["q"] for each in cas), nom[0] + "'" + nom[2:], nom[0] + "’" + nom[2:].lower(), nom]:
            assert await numeros(CAST.aida, f"kouame{rang} {q}", now) == [numero]


async def test_an_exact_number_is_opened_by_who_may_know_of_it(now: datetime) -> None:
    numero = await make_demande(now)
    opens = {}
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        opens[key] = await find_numero(droits, f"n° {numero}") == numero
        assert await find_numero(droits, f"{numero} aah") is None
    assert {key for key, is_opened in opens.items() if is_opened} == {"aida", "ines", "idir", "rose", "ada"}


async def test_who_reads_no_content_finds_by_groupes_and_agents_only(now: datetime) -> None:
    numero = await make_demande(
        now, titre="Canari caf", description="Dans le texte : canari.", usager=("Léa", "Serin", "")
    )
    await make_message(numero, CAST.ines, "Un canari.", now)
    for who in ("rose", "ada"):
        droits = (await signed_as(getattr(CAST, who), now)).droits
        for content in ("canari", "serin", "léa", "texte"):
            assert await find_connues(droits, content) == []
        for known in ("caf 22", "CAF", "Aïda"):
            assert numero in [each.numero for each in await find_connues(droits, known)], (who, known)
    for who in ("eve", "paul", "aida", "ines"):
        assert await find_connues((await signed_as(getattr(CAST, who), now)).droits, "caf") == []


async def test_every_word_must_stand_in_the_same_place(now: datetime) -> None:
    numero = await make_demande(now, titre="Loyer impayé", usager=("Martine", "Dubois", ""))
    await make_message(numero, CAST.ines, "Le virement est parti vendredi.", now)
    assert await numeros(CAST.aida, "loyer martine", now) == [numero]
    assert await numeros(CAST.aida, "vendredi virement", now) == [numero]
    assert await numeros(CAST.aida, "loyer vendredi", now) == []


@pytest.mark.parametrize("q", ["%", "_", "100%", "a_b", "\\", "", "   ", "n°", "#"])
async def test_signs_of_the_database_are_text(q: str, now: datetime) -> None:
    await make_demande(now, titre="Rien de particulier")
    literal = await make_demande(now, titre="Taux de 100% sur a_b \\ fin")
    expected = [literal] if q.strip() not in {"", "n°", "#"} else []
    assert await numeros(CAST.aida, q, now) == expected


async def test_only_what_may_be_read_is_found(now: datetime) -> None:
    numero = await make_demande(now, titre="Canari")
    await make_message(numero, CAST.ines, "Message canari.", now)
    expected = {"aida", "ines", "idir"}
    found = {key for key in PEOPLE if await numeros(getattr(CAST, key), "canari", now)}
    assert found == expected


async def test_private_words_are_found_by_instructeurs_and_experts_only(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_message(numero, CAST.ines, "Soupçon de canari, entre nous.", now, is_prive=True)
    found = {key for key in PEOPLE if await numeros(getattr(CAST, key), "canari", now)}
    assert found == {"ines", "idir", "ivan", "elie"}
    [trouvaille] = (await find(CAST.ivan, "canari", now)).trouvailles
    assert trouvaille.extrait is not None
    assert trouvaille.extrait.is_prive
    assert marked(trouvaille.extrait.morceaux) == "Soupçon de [canari], entre nous."
    assert trouvaille.extrait.auteur == "Inès Le Goff"


async def test_who_stands_on_the_aidant_side_never_finds_private_words(now: datetime) -> None:
    written = await make_demande(now, auteur=CAST.ines, groupe=CAST.groupes.caf)
    invited = await make_demande(now)
    await make_invitation(invited, CAST.ines, "collegue", now)
    for numero in (written, invited):
        await make_message(numero, CAST.idir, "Un canari privé.", now, is_prive=True)
    assert await numeros(CAST.ines, "canari", now) == []
    assert set(await numeros(CAST.idir, "canari", now)) == {written, invited}


async def test_an_expert_finds_nothing_more_once_it_is_closed(now: datetime) -> None:
    numero = await make_demande(now, titre="Canari")
    await make_invitation(numero, CAST.elie, "expert", now)
    assert await numeros(CAST.elie, "canari", now) == [numero]
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    assert await numeros(CAST.elie, "canari", now) == []
    assert await numeros(CAST.ines, "canari", now) == [numero]


async def test_what_was_erased_is_found_by_its_number_only(now: datetime) -> None:
    numero = await make_demande(now, titre="Canari")
    await database.fetch(
        """
        update demandes set closed_at = :now, erased_at = :now, titre = '', usager_prenom = '', usager_nom = '',
            repere = '' where numero = :numero
        """,
        numero=numero,
        now=now,
    )
    assert await numeros(CAST.aida, "canari", now) == []
    assert await numeros(CAST.aida, str(numero), now) == [numero]


async def test_it_says_where_it_was_found(now: datetime) -> None:
    numero = await make_demande(now, titre="Aide au logement", usager=("Léa", "Logé", ""))
    [t] = (await find(CAST.aida, "loge", now)).trouvailles
    assert marked(t.titre) == "Aide au [loge]ment"
    assert marked(t.usager) == "Léa [Logé]"
    assert (t.numero, t.extrait) == ((), None)
    assert t.rangee.cote == "aidant"
    [t] = (await find(CAST.ines, str(numero), now)).trouvailles
    assert marked(t.numero) == f"[{numero}]"
    assert t.rangee.cote == "instructeur"


async def test_a_page_beyond_the_last_one_is_the_last_one(now: datetime) -> None:
    for _ in range(PAR_PAGE + 2):
        await make_demande(now, titre="Canari")
    pages = [await find(CAST.aida, "canari", now, page) for page in (1, 2, 9, 2**31 - 1)]
    assert [(p.page, p.pages, len(p.trouvailles), p.total) for p in pages] == [
        (1, 2, 25, 27),
        (2, 2, 2, 27),
        (2, 2, 2, 27),
        (2, 2, 2, 27),
    ]
    assert len({t.rangee.numero for p in pages[:2] for t in p.trouvailles}) == 27


async def test_search_tells_the_date_of_private_words_to_those_who_read_them_only(now: datetime) -> None:
    numero = await make_demande(now, titre="Canari", sent_at=now - DAY)
    other = await make_demande(now, titre="Canari", sent_at=now - HOUR)
    await database.fetch(
        "update demandes set last_prive_at = :now where numero = :numero", now=now, numero=numero
    )
    for agent, order, at in ((CAST.ines, [numero, other], now), (CAST.aida, [other, numero], now - DAY)):
        found = (await find(agent, "canari", now)).trouvailles
        assert [t.rangee.numero for t in found] == order
        assert {t.rangee.numero: t.rangee.activite_at for t in found}[numero] == at


def test_words_and_patterns() -> None:
    assert mots_of("  N° 4812  Été ÉTÉ ") == ["4812", "ete"]
    assert mots_of("nº4812 #12") == ["4812", "12"]
    assert mots_of("mon dossier") == ["mon", "dossier"]
    assert len(mots_of(" ".join(map(str, range(50))))) == 8
    assert motifs_of("50%_\\") == ["%50\\%\\_\\\\%"]
    assert len(mots_of("x" * 10_000)[0]) == 200


@pytest.mark.parametrize(
    ("texte", "mots", "expected"),
    [
        ("L’Œuvre est là", ["oeuvre"], "L’[Œuvre] est là"),
        ("Été comme hiver, été", ["ete"], "[Été] comme hiver, [été]"),
        ("L’été", ["l'ete"], "[L’été]"),
        ("deux\nlignes  ici", ["deux lignes ici"], "[deux\nlignes  ici]"),
        ("<b>gras</b>", ["b"], "<[b]>gras</[b]>"),
        ("aaa", ["a", "aa"], "[aa][a]"),
        ("rien", ["x"], "rien"),
        ("rien", [], "rien"),
        ("", ["x"], ""),
    ],
)
def test_finds_are_marked_in_the_text_as_it_was_written(texte: str, mots: list[str], expected: str) -> None:
    assert marked(mark_words(texte, mots)) == expected


def test_an_excerpt_is_cut_at_words_around_the_first_find() -> None:
    texte = "avant " * 60 + "le canari chante " + "après " * 60
    found = marked(make_extrait(texte, ["canari"]))
    assert found.startswith("… avant")
    assert found.endswith("après …")
    assert "le [canari] chante" in found
    assert len(found) < 220
    assert marked(make_extrait("court canari", ["canari"])) == "court [canari]"
    assert len(marked(make_extrait("x" * 10_000, ["y"]))) < 220
    assert "[canari]" in marked(make_extrait("x" * 10_000 + "canari", ["canari"]))
