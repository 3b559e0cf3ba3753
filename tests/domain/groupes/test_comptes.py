"""Accounts, several at once: all or nothing, one error beside each field, a link that opens; lists that are pasted."""

from dataclasses import replace
from datetime import datetime, timedelta
from time import process_time

import pytest

from app import database
from app.domain.acces.connexion import sign_in_by_lien
from app.domain.acces.navigateurs import Navigateur
from app.domain.faits.courriels import claim_courriels
from app.domain.groupes.collage import read_collage
from app.domain.groupes.comptes import (
    LigneCompte,
    cancel_compte,
    check_lignes,
    create_comptes,
    resend_welcome,
)
from app.domain.groupes.membres import Etat, get_membre
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.roles import Role
from tests.cast import CAST
from tests.domain.groupes.equipe import column, groupe_of, roles_in
from tests.domain.scene import signed_as
from tests.factories import list_journal, list_told

MAELLE = LigneCompte("Maëlle", "Trémel", "Gestionnaire", "maelle@exemple.fr", "02 96 01 02 03")
BAKARY = LigneCompte("Bakary", "Camara", "Agent d’accueil", "Bakary@Exemple.fr")
ICI = Navigateur(nom="essai", ip="127.0.0.1", mots="essai", former="")


async def create(now: datetime, *lignes: LigneCompte, by: int | None = None) -> tuple[int, int]:
    signed = await signed_as(by or CAST.rose, now)
    bilan = await create_comptes(signed, await groupe_of(signed, CAST.groupes.caf), lignes, now)
    return bilan.crees, bilan.ajoutes


async def agent_of(email: str) -> int:
    [agent] = await column("select id from agents where email = :email", email=email)
    assert isinstance(agent, int)
    return agent


async def test_accounts_are_created_together_each_with_a_link_that_opens(now: datetime) -> None:
    roles = frozenset({Role.AIDANT, Role.INSTRUCTEUR})
    assert await create(now, replace(MAELLE, roles=roles), replace(BAKARY, is_collectif=True)) == (2, 0)
    maelle = await agent_of("maelle@exemple.fr")
    assert await roles_in(maelle, CAST.groupes.caf) == roles
    membre = await get_membre(CAST.groupes.caf, maelle)
    assert membre.etat is Etat.ATTENTE and membre.invited_until == now + timedelta(days=7)
    assert await list_told("compte_cree") == {"maelle@exemple.fr", "bakary@exemple.fr"}
    [line] = await list_journal("compte_cree")
    assert (line["agent"], line["groupe"]) == (CAST.rose, CAST.groupes.caf)
    envoi = next(e for e in await claim_courriels(now) if e.adresse == "maelle@exemple.fr")
    later = now + timedelta(days=6)
    with pytest.raises(Invalide):
        await sign_in_by_lien(envoi.contexte["jeton"], code="", is_durable=False, navigateur=ICI, now=later)
    opened = await sign_in_by_lien(
        envoi.contexte["jeton"], code=envoi.contexte["code"], is_durable=False, navigateur=ICI, now=later
    )
    assert opened.agent == maelle
    assert (await get_membre(CAST.groupes.caf, maelle)).etat is Etat.ACTIFS


async def test_a_link_past_its_week_opens_nothing(now: datetime) -> None:
    await create(now, MAELLE)
    [envoi] = await claim_courriels(now)
    with pytest.raises(Conflit):
        await sign_in_by_lien(
            envoi.contexte["jeton"],
            code=envoi.contexte["code"],
            is_durable=False,
            navigateur=ICI,
            now=now + timedelta(days=7, seconds=1),
        )


async def test_everything_is_checked_before_anything_is_written(now: datetime) -> None:
    before = await column("select count(*) from agents")
    with pytest.raises(Invalide) as refused:
        await create(
            now,
            MAELLE,
            LigneCompte(prenom="Yann", nom="", fonction="", email="yann@caf", telephone="0" * 30),
            replace(BAKARY, email="maelle@exemple.fr", roles=frozenset()),
            LigneCompte("Inès", "Le Goff", "Gestionnaire", "ines@exemple.fr"),
            LigneCompte("Ivan", "Riou", "Technicien", "ivan@exemple.fr"),
        )
    assert set(refused.value.erreurs) == {
        *("nom-2", "fonction-2", "email-2", "telephone-2", "email-3", "roles-3", "email-4", "email-5")
    }
    assert refused.value.erreurs["email-3"] == "Compte 3\u00a0: cette adresse est déjà celle du compte 1."
    assert refused.value.erreurs["email-4"] == "Compte 4\u00a0: cette personne est déjà membre du groupe."
    assert "a déjà un compte" in refused.value.erreurs["email-5"]
    assert await column("select count(*) from agents") == before
    assert await list_told("compte_cree") == set()


async def test_an_existing_account_is_added_when_it_is_said(now: datetime) -> None:
    ivan = LigneCompte(email="ivan@exemple.fr", is_ajout=True, roles=frozenset({Role.INSTRUCTEUR}))
    assert await create(now, MAELLE, ivan) == (1, 1)
    assert await roles_in(CAST.ivan, CAST.groupes.caf) == frozenset({Role.INSTRUCTEUR})
    assert await list_told("ajoute_au_groupe") == {"ivan@exemple.fr"}


async def test_a_closed_account_of_elsewhere_is_said_in_the_words_of_the_support_only(now: datetime) -> None:
    await database.fetch("update agents set deactivated_at = :now where email like 'i%'", now=now)
    signed = await signed_as(CAST.rose, now)
    caf = await groupe_of(signed, CAST.groupes.caf)
    elsewhere = LigneCompte("Ivan", "Riou", "Technicien", "ivan@exemple.fr")
    own = LigneCompte("Idir", "Hamel", "Gestionnaire", "idir@exemple.fr")
    [ivan, idir] = await check_lignes(caf, [elsewhere, own])
    assert "écrivez au support" in ivan.erreurs["email"] and ivan.existant is None
    assert "réactivez-le" in idir.erreurs["email"]


async def test_only_those_who_manage_the_groupe_create(now: datetime) -> None:
    for by in (CAST.ines, CAST.idir):
        with pytest.raises(Refus):
            await create(now, MAELLE, by=by)
    with pytest.raises(Introuvable):
        await create(now, MAELLE, by=CAST.eve)
    assert await create(now, MAELLE, by=CAST.ada) == (1, 0)


async def test_rights_are_read_again_under_the_lock(now: datetime) -> None:
    rose = await signed_as(CAST.rose, now)
    caf = await groupe_of(rose, CAST.groupes.caf)
    await database.fetch(
        "update adhesions set is_responsable = false, is_aidant = true where agent = :r", r=CAST.rose
    )
    with pytest.raises(Refus):
        await create_comptes(rose, caf, [MAELLE], now)


async def test_two_hundred_lines_cost_the_queries_of_one_and_no_more_are_taken(now: datetime) -> None:
    lignes = [LigneCompte("Yann", f"Le Bihan {n}", "Agent", f"agent{n}@caf22.exemple.fr") for n in range(201)]
    with pytest.raises(Invalide):
        await create(now, *lignes)
    with database.spy_queries() as queries:
        started = process_time()
        assert await create(now, *lignes[:200]) == (200, 0)
        assert process_time() - started < 10
    assert len(queries) < 20
    assert len(await list_told("compte_cree")) == 200


async def test_the_mail_may_be_sent_again_and_the_former_link_ends(now: datetime) -> None:
    await create(now, MAELLE)
    [first] = await claim_courriels(now)
    maelle, rose = await agent_of("maelle@exemple.fr"), await signed_as(CAST.rose, now)
    caf = await groupe_of(rose, CAST.groupes.caf)
    later = now + timedelta(days=10)
    await resend_welcome(rose, caf, maelle, later)
    second = next(e for e in await claim_courriels(later) if e.id != first.id)
    assert (await get_membre(CAST.groupes.caf, maelle)).invited_until == later + timedelta(days=7)
    assert first.contexte["jeton"] != second.contexte["jeton"]
    with pytest.raises(Conflit):
        await sign_in_by_lien(
            first.contexte["jeton"], code=first.contexte["code"], is_durable=False, navigateur=ICI, now=later
        )
    await sign_in_by_lien(
        second.contexte["jeton"], code=second.contexte["code"], is_durable=False, navigateur=ICI, now=later
    )
    for late in (resend_welcome, cancel_compte):
        with pytest.raises(Conflit, match="s’est connecté"):
            await late(rose, caf, maelle, later)


async def test_a_cancelled_account_leaves_its_address_free(now: datetime) -> None:
    await create(now, MAELLE)
    maelle, rose = await agent_of("maelle@exemple.fr"), await signed_as(CAST.rose, now)
    await cancel_compte(rose, await groupe_of(rose, CAST.groupes.caf), maelle, now)
    assert await column("select id from agents where email = 'maelle@exemple.fr'") == []
    assert await create(now, MAELLE) == (1, 0)


# --- Lists that are pasted --------------------------------------------------------------------------------------


def test_columns_are_found_by_their_header_in_any_order() -> None:
    sheet = (
        "Courriel\tNom\tPrénom\tTéléphone\tQualité\tRôles\n"
        "m@x.fr\tTrémel\tMaëlle\t02 96 01 02 03\tGestionnaire\tInstructeur et aidant\n"
        "\t\t\t\t\t\n"
        "accueil@x.fr\tAccueil\t\t\t\tcompte collectif\n"
    )
    maelle, accueil = read_collage(sheet)
    assert maelle == LigneCompte(
        *("Maëlle", "Trémel", "Gestionnaire", "m@x.fr", "02 96 01 02 03"),
        frozenset({Role.INSTRUCTEUR, Role.AIDANT}),
    )
    assert accueil.is_collectif and accueil.roles == frozenset({Role.AIDANT})


@pytest.mark.parametrize(
    "line",
    [
        "Maëlle;Trémel;Responsable d’accueil;m@x.fr;02 96 01 02 03;instructrice",
        "Maëlle\tTrémel\tResponsable d’accueil\tm@x.fr\t02 96 01 02 03\tinstructrice",
        'm@x.fr,Maëlle,"Trémel","Responsable d’accueil",02 96 01 02 03,instructeur',
    ],
)
def test_without_a_header_by_what_stands_in_them_and_a_fonction_gives_no_role(line: str) -> None:
    [read] = read_collage(line)
    assert (read.prenom, read.nom, read.fonction) == ("Maëlle", "Trémel", "Responsable d’accueil")
    assert (read.email, read.telephone) == ("m@x.fr", "02 96 01 02 03")
    assert Role.RESPONSABLE not in read.roles


@pytest.mark.parametrize(
    "texte", ["", " \n\t\n;;;\n", '"', "\x00", "a" * 100_000, "\n".join(["x;y@z.fr"] * 5_000)]
)
def test_nothing_pasted_breaks_the_reader_or_makes_it_long(texte: str) -> None:
    started = process_time()
    assert len(read_collage(texte)) <= 201
    assert process_time() - started < 0.5
