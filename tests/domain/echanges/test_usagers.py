"""The usager's information: sealed, masked, shown one at a time, never to who may not read."""

import pytest

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.demandes.informations import empreinte_information
from app.domain.echanges import usagers
from app.domain.echanges.redaction import open_redaction
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.scene import add_information, load, signed_as
from tests.factories import list_journal, make_demande, make_invitation

NIR = "1 85 05 78 006 084 91"


async def list_informations(signed: Signed, demande: Demande) -> list[usagers.Information]:
    """What the page of this reader says of the usager."""
    return (await open_redaction(signed, demande, NOW)).informations


async def test_what_is_added_is_sealed_masked_and_said_in_the_thread_without_its_value() -> None:
    aida = await signed_as(CAST.aida, NOW)
    numero = await make_demande(NOW)
    demande = await load(aida, numero)
    await add_information(aida, demande, nature="nir", libelle="", valeur=NIR, now=NOW)

    [row] = await database.fetch("select * from usager_informations where demande = :numero", numero=numero)
    assert b"850578" not in row["valeur_scellee"]
    assert NIR.replace(" ", "").encode() not in row["valeur_scellee"]
    assert row["empreinte"] == empreinte_information(NatureIdentifiant.NIR, NIR.replace(" ", "."))
    [information] = await list_informations(aida, demande)
    assert information.libelle == "Numéro de sécurité sociale"
    assert information.valeur.endswith("91")
    assert "85" not in information.valeur
    assert information.is_masked
    [ligne] = await database.fetch(
        "select id, nature, cote, texte, is_prive from messages where demande = :numero", numero=numero
    )
    assert dict(ligne) == {
        "id": ligne["id"],
        "nature": "information",
        "cote": "aidant",
        "texte": "Numéro de sécurité sociale",
        "is_prive": False,
    }
    [line] = await list_journal("information_ajoutee")
    assert line["details"] == {"message": ligne["id"], "information": row["id"], "nature": "nir"}
    assert (await load(aida, numero)).last_aidant_at == NOW


async def test_showing_one_is_journalled_with_who_asked() -> None:
    aida, ines = await signed_as(CAST.aida, NOW), await signed_as(CAST.ines, NOW)
    numero = await make_demande(NOW)
    demande = await load(aida, numero)
    added = await add_information(
        aida, demande, nature="allocataire_caf", libelle="", valeur="1234567", now=NOW
    )
    assert await usagers.reveal_information(ines, await load(ines, numero), added, NOW) == "1234567"
    [line] = await list_journal("identifiant_affiche")
    assert line["agent"] == CAST.ines
    assert line["details"] == {"information": added, "nature": "allocataire_caf"}


async def test_nothing_new_reaches_the_organismes_once_the_mandat_is_gone() -> None:
    aida = await signed_as(CAST.aida, NOW)
    demande = await load(aida, await make_demande(NOW, has_mandat=False))
    with pytest.raises(Conflit, match="mandat"):
        await add_information(aida, demande, nature="nir", libelle="", valeur=NIR, now=NOW)
    assert await list_informations(aida, demande) == []
    stale = await load(aida, await make_demande(NOW))
    await database.fetch("update mandats set etat = 'revoque' where demande = :demande", demande=stale.numero)
    with pytest.raises(Conflit, match="mandat"):
        await add_information(aida, stale, nature="nir", libelle="", valeur=NIR, now=NOW)
    assert await list_informations(aida, stale) == []


async def test_another_demande_s_information_does_not_exist() -> None:
    aida = await signed_as(CAST.aida, NOW)
    first, second = await make_demande(NOW), await make_demande(NOW)
    added = await add_information(
        aida, await load(aida, first), nature="telephone", libelle="", valeur="0612345678", now=NOW
    )
    with pytest.raises(Introuvable):
        await usagers.reveal_information(aida, await load(aida, second), added, NOW)
    assert await list_journal("identifiant_affiche") == []


async def test_who_sees_metadata_only_sees_no_information() -> None:
    aida, rose = await signed_as(CAST.aida, NOW), await signed_as(CAST.rose, NOW)
    numero = await make_demande(NOW)
    added = await add_information(
        aida, await load(aida, numero), nature="adresse", libelle="", valeur="3 rue du Port", now=NOW
    )
    demande = await load(rose, numero)
    with pytest.raises(Refus):
        await list_informations(rose, demande)
    with pytest.raises(Refus):
        await usagers.reveal_information(rose, demande, added, NOW)


async def test_the_aidant_side_adds_and_nobody_else() -> None:
    numero = await make_demande(NOW)
    await make_invitation(numero, CAST.aline, "collegue", NOW)
    for who, may in ((CAST.aline, True), (CAST.ines, False)):
        signed = await signed_as(who, NOW)
        demande = await load(signed, numero)
        adding = add_information(
            signed, demande, nature="adresse", libelle="", valeur="3 rue du Port", now=NOW
        )
        if may:
            await adding
        else:
            with pytest.raises(Refus):
                await adding


@pytest.mark.parametrize(
    ("nature", "libelle", "valeur", "wrong"),
    [
        ("", "", "x", "nature"),
        ("constructor", "", "x", "nature"),
        ("telephone", "", "  ", "valeur"),
        ("autre", "", "x", "libelle"),
        ("autre", "x" * 121, "x", "libelle"),
        ("adresse", "", "x" * 501, "valeur"),
    ],
)
async def test_each_fault_is_said_beside_its_field(
    nature: str, libelle: str, valeur: str, wrong: str
) -> None:
    aida = await signed_as(CAST.aida, NOW)
    demande = await load(aida, await make_demande(NOW))
    with pytest.raises(Invalide) as refused:
        await add_information(aida, demande, nature=nature, libelle=libelle, valeur=valeur, now=NOW)
    assert list(refused.value.erreurs) == [wrong]


async def test_the_nir_goes_only_where_an_organisme_may_receive_it() -> None:
    aida = await signed_as(CAST.aida, NOW)
    await database.fetch("update organismes set is_nir_autorise = false where code = 'caf'")
    demande = await load(aida, await make_demande(NOW))
    with pytest.raises(Invalide) as refused:
        await add_information(aida, demande, nature="nir", libelle="", valeur=NIR, now=NOW)
    assert list(refused.value.erreurs) == ["nature"]


async def test_what_the_usager_cannot_give_is_said_and_hides_nothing() -> None:
    aida = await signed_as(CAST.aida, NOW)
    numero = await make_demande(NOW)
    demande = await load(aida, numero)
    [added] = await usagers.seal_informations(numero, [(NatureIdentifiant.NIR, "", "")], CAST.aida, NOW)
    [information] = await list_informations(aida, demande)
    assert information.valeur == usagers.ABSENT
    assert not information.is_masked
    assert await usagers.reveal_information(aida, demande, added, NOW) == usagers.ABSENT
