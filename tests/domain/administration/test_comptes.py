"""What only an administrateur changes of an account: asked with a reason, journalled, told, sessions ended."""

from datetime import datetime

import pytest

from app import database
from app.domain.acces.sessions import find_signed, open_session
from app.domain.administration import comptes
from app.domain.administration.agents import Parmi, get_agent, list_agents
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.courrier import read_lettre, write_lettre
from tests.domain.scene import signed_as
from tests.factories import list_journal, list_told

NEUVE = "aida.kerjean@callac.fr"


async def test_an_address_is_changed_told_at_both_and_everything_open_ends(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    jeton = await open_session(CAST.aida, is_durable=True, navigateur="essai", now=now)
    await write_lettre("message_envoye", "aida@exemple.fr", now)
    await database.fetch("update courriels set agent = :agent", agent=CAST.aida)
    await comptes.change_adresse(ada, CAST.aida, f" {NEUVE.upper()} ", "mariage", now)
    assert await find_signed(jeton, now) is None
    assert await list_told("adresse_modifiee") == {"aida@exemple.fr", NEUVE}
    assert await list_told("message_envoye") == {NEUVE}
    lettre = await read_lettre("aida@exemple.fr")
    assert lettre.contexte["adresse"] == NEUVE and lettre.contexte["par"] == "Ada Moreau"
    [line] = await list_journal("adresse_modifiee")
    assert line["agent"] == CAST.ada
    assert line["details"] == {"agent": CAST.aida, "motif": "mariage", "sessions": 1}


@pytest.mark.parametrize(
    ("adresse", "motif", "champs"),
    [
        ("aida", "mariage", {"email"}),
        (NEUVE, "", {"motif"}),
        ("aida@exemple.fr", "mariage", {"email"}),
        ("ines@exemple.fr", "mariage", {"email"}),
        ("", "m" * 201, {"email", "motif"}),
    ],
)
async def test_an_address_that_cannot_be_is_refused_beside_its_field(
    now: datetime, adresse: str, motif: str, champs: set[str]
) -> None:
    with pytest.raises(Invalide) as refused:
        await comptes.change_adresse(await signed_as(CAST.ada, now), CAST.aida, adresse, motif, now)
    assert set(refused.value.erreurs) == champs
    assert await list_told("adresse_modifiee") == set()


async def test_a_scope_that_a_colleague_took_back_is_said_to_be_gone(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    await comptes.add_perimetre(ada, CAST.aida, organisme=None, departement=None, motif="essai", now=now)
    [held] = (await get_agent(ada, CAST.aida, now)).perimetres
    with pytest.raises(Introuvable):
        await comptes.remove_perimetre(ada, CAST.elie, held.id, now)
    assert await comptes.remove_perimetre(ada, CAST.aida, held.id, now)
    assert not await comptes.remove_perimetre(ada, CAST.aida, held.id, now)
    assert len(await list_journal("perimetre_retire")) == 1


@pytest.mark.parametrize("who", ["rose", "elie", "paul", "aida"])
async def test_nobody_else_changes_anything(now: datetime, who: str) -> None:
    signed = await signed_as(getattr(CAST, who), now)
    for act in (
        comptes.change_adresse(signed, CAST.aida, NEUVE, "mariage", now),
        comptes.change_qualites(signed, CAST.aida, expert=True, administrateur=True, motif="x", now=now),
        comptes.add_perimetre(signed, CAST.aida, organisme=None, departement=None, motif="x", now=now),
        comptes.end_sessions(signed, CAST.aida, now),
        comptes.deactivate_alone(signed, CAST.elie, "x", now),
        comptes.reactivate_account(signed, CAST.elie, "x", now),
        get_agent(signed, CAST.aida, now),
    ):
        with pytest.raises(Introuvable):
            await act
    with pytest.raises(Refus):
        await list_agents(signed, "", None, 1)


async def test_rights_are_read_again_when_the_act_is_done(now: datetime) -> None:
    """Ada lost her role since her page was opened (quality S11)."""
    ada = await signed_as(CAST.ada, now)
    await database.fetch("update agents set is_administrateur = false where id = :agent", agent=CAST.ada)
    with pytest.raises(Refus):
        await comptes.change_adresse(ada, CAST.aida, NEUVE, "mariage", now)
    assert await list_told("adresse_modifiee") == set()


async def test_roles_of_the_team_are_given_told_and_the_last_administrateur_stays(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    jeton = await open_session(CAST.elie, is_durable=True, navigateur="essai", now=now)
    with pytest.raises(Invalide, match="qualites"):
        await comptes.change_qualites(ada, CAST.ada, expert=False, administrateur=False, motif="x", now=now)
    await comptes.change_qualites(ada, CAST.elie, expert=True, administrateur=True, motif="renfort", now=now)
    assert await find_signed(jeton, now) is None
    assert (await read_lettre("elie@exemple.fr")).contexte["roles"] == "administrateur, expert"
    await comptes.change_qualites(ada, CAST.ada, expert=False, administrateur=False, motif="départ", now=now)
    row = await database.fetch_one("select array_agg(id) as ids from agents where is_administrateur")
    assert row is not None and row["ids"] == [CAST.elie]
    assert [line["details"]["motif"] for line in await list_journal("qualites_modifiees")] == [  # type: ignore[index]
        "renfort",
        "départ",
    ]


async def test_a_pilote_is_somebody_with_scopes(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    caf, ici = CAST.organismes["caf"], CAST.departements["22"]
    await comptes.add_perimetre(ada, CAST.aida, organisme=caf, departement=ici, motif="copil", now=now)
    with pytest.raises(Invalide, match="organisme"):
        await comptes.add_perimetre(ada, CAST.aida, organisme=caf, departement=ici, motif="copil", now=now)
    fiche = await get_agent(ada, CAST.aida, now)
    [scope] = fiche.perimetres
    assert (scope.organisme, scope.departement) == ("CAF", "Côtes-d’Armor")
    assert (await signed_as(CAST.aida, now)).droits.perimetres == ((caf, ici),)
    with pytest.raises(Introuvable):
        await comptes.remove_perimetre(ada, CAST.paul, scope.id, now)
    await comptes.remove_perimetre(ada, CAST.aida, scope.id, now)
    assert (await signed_as(CAST.aida, now)).droits.perimetres == ()


async def test_an_account_without_groupe_is_closed_and_comes_back(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    with pytest.raises(Conflit, match="membre d’un groupe"):
        await comptes.deactivate_alone(ada, CAST.aida, "départ", now)
    with pytest.raises(Conflit, match="propre compte"):
        await comptes.deactivate_alone(ada, CAST.ada, "départ", now)
    jeton = await open_session(CAST.elie, is_durable=True, navigateur="essai", now=now)
    await comptes.deactivate_alone(ada, CAST.elie, "départ", now)
    assert await find_signed(jeton, now) is None
    assert await list_told("compte_desactive") == {"elie@exemple.fr"}
    await comptes.reactivate_account(ada, CAST.elie, "retour", now)
    assert await find_signed(jeton, now) is None
    assert (await get_agent(ada, CAST.elie, now)).deactivated_at is None


async def test_an_account_of_the_team_is_created_and_welcomed(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    saisie = comptes.CompteEquipe(
        prenom="Nour",
        nom="Petit",
        fonction="Sous-préfète",
        email="nour.petit@prefecture.fr",
        departement=CAST.departements["67"],
        is_expert=False,
        is_administrateur=False,
        is_pilote=True,
        perimetre_organisme=None,
        perimetre_departement=CAST.departements["67"],
    )
    agent = await comptes.create_compte_equipe(ada, saisie, now)
    lettre = await read_lettre("nour.petit@prefecture.fr")
    assert (lettre.fait, lettre.contexte["roles"]) == ("compte_equipe_cree", "pilote")
    fiche = await get_agent(ada, agent, now)
    assert fiche.trouve.qualites == ("pilote",) and fiche.invited_until is not None
    with pytest.raises(Invalide, match="email"):
        await comptes.create_compte_equipe(ada, saisie, now)


async def test_accounts_are_found_by_name_address_and_kind(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)

    async def found(texte: str = "", parmi: Parmi | None = None) -> set[int]:
        return {ligne.id for ligne in (await list_agents(ada, texte, parmi, 1)).lignes}

    assert await found("ines le goff") == {CAST.ines}
    assert await found("IVAN@exemple") == {CAST.ivan}
    assert await found("100%") == set()
    assert await found("", Parmi.EQUIPE) == {CAST.ada, CAST.elie}
    assert await found("", Parmi.PILOTES) == {CAST.paul}
    assert await found("", Parmi.SANS_GROUPE) == {CAST.ada, CAST.elie, CAST.paul}
    assert await found("", Parmi.REFUSEES) == set()
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.paul
    )
    assert await found("", Parmi.DESACTIVES) == {CAST.paul}
    for n in range(30):
        await database.fetch(
            "insert into agents (email, nom, departement, created_at) values (:email, :nom, :departement, :created_at)",
            email=f"renfort{n}@exemple.fr",
            nom=f"Renfort {n:02}",
            departement=CAST.departements["22"],
            created_at=now,
        )
    second = await list_agents(ada, "renfort", None, 2)
    assert (second.total, second.page, second.pages, len(second.lignes)) == (30, 2, 2, 5)
    assert (await list_agents(ada, "renfort", None, 99)).page == 1
