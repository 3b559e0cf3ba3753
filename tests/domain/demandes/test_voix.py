"""On whose behalf someone writes: which side, which groupe, which signature (product §3, §4)."""

from dataclasses import replace
from datetime import datetime

import pytest

from app import database
from app.domain.demandes.voix import EQUIPE, Voix, choose_voix, find_signature
from app.domain.regles.errors import Refus
from app.domain.regles.statuts import EtatPart
from tests.cast import CAST
from tests.domain.scene import load, part, post, signed_as
from tests.factories import make_demande, make_invitation


async def speaks(agent: int, numero: int, now: datetime) -> Voix:
    signed = await signed_as(agent, now)
    return choose_voix(signed, await load(signed, numero))


async def test_each_speaks_from_where_they_stand(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.ivan, "instructeur", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    heard = [
        (voix.cote, voix.groupe_nom, voix.part is not None)
        for voix in [
            await speaks(agent, numero, now)
            for agent in (CAST.aida, CAST.aline, CAST.ines, CAST.ivan, CAST.elie)
        ]
    ]
    assert heard == [
        ("aidant", "France Services Callac", False),
        ("aidant", "France Services Callac", False),
        ("instructeur", "CAF 22", True),
        ("instructeur", "CPAM 22", False),
        ("expert", EQUIPE, False),
    ]


async def test_author_and_instructeur_speaks_as_aidant_unless_they_instruct(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupe=CAST.groupes.caf)
    await post(CAST.ines, numero, now)
    assert (await part(numero, CAST.groupes.caf, now, by=CAST.ines)).etat is EtatPart.SANS_REPONSE
    signed = await signed_as(CAST.ines, now)
    demande = await load(signed, numero)
    assert choose_voix(signed, demande, groupe=CAST.groupes.caf).cote == "instructeur"
    with pytest.raises(Refus):
        choose_voix(signed, demande, groupe=CAST.groupes.cpam)
    await post(CAST.ines, numero, now, is_traitee=True)
    assert (await part(numero, CAST.groupes.caf, now, by=CAST.ines)).etat is EtatPart.TRAITEE


async def test_colleague_of_two_groupes_speaks_for_the_one_of_the_demande(now: datetime) -> None:
    await database.fetch(
        "insert into adhesions (agent, groupe, is_aidant, created_at) values (:agent, :groupe, true, :created_at)",
        agent=CAST.aline,
        groupe=CAST.groupes.ccas_974,
        created_at=now,
    )
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    assert (await speaks(CAST.aline, numero, now)).groupe == CAST.groupes.france_services


async def test_only_a_shared_account_signs(now: datetime) -> None:
    ines, claude = await signed_as(CAST.ines, now), await signed_as(CAST.claude, now)
    assert find_signature(ines, "Le directeur") == ("", "")
    assert find_signature(claude, " Nadia  Nguyen\naccueil ") == ("Nadia Nguyen accueil", "")
    assert find_signature(claude, "  ")[1]
    assert find_signature(replace(claude, signature="Nadia Nguyen, accueil"), "  ") == (
        "Nadia Nguyen, accueil",
        "",
    )
    long = "Nadia Nguyen "
    assert find_signature(claude, long + "n" * (201 - len(long)))[1]
    assert not find_signature(claude, long + "n" * (200 - len(long)))[1]
    for short in ("Jo", "Nadia Nguyen", "Jo 12 34"):
        assert "prénom, nom et service" in find_signature(claude, short)[1]
