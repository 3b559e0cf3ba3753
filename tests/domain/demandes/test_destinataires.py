"""Who is told of what is written, and who would read a private message (product §9)."""

from datetime import datetime

from app import database
from app.domain.echanges.redaction import count_readers
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.regles.calendrier import Calendrier
from tests.cast import CAST
from tests.domain.scene import (
    HOUR,
    answer_quickly,
    list_mails,
    load,
    make_caf_cpam,
    post,
    signed_as,
    typed,
)
from tests.factories import list_journal, make_demande, make_invitation

PARIS = Calendrier("Europe/Paris", "")


async def test_answer_is_told_to_those_who_follow(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await post(CAST.ines, numero, now)
    assert await list_mails(numero) == [
        ("message_envoye", "aida@exemple.fr"),
        ("message_envoye", "aline@exemple.fr"),
        ("message_envoye", "elie@exemple.fr"),
        ("message_envoye", "ivan@exemple.fr"),
    ]


async def test_groupe_nobody_took_is_told_as_a_whole_then_only_who_took_part(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.aida, numero, now)
    assert [who for _, who in await list_mails(numero)] == ["idir@exemple.fr", "ines@exemple.fr"]
    ines = await signed_as(CAST.ines, now)
    await answer_quickly(ines, await load(ines, numero), ReponseRapide.PRISE_EN_CHARGE, typed(), now)
    await database.fetch("delete from courriels")
    await post(CAST.aida, numero, now + HOUR)
    assert [who for _, who in await list_mails(numero)] == ["ines@exemple.fr"]


async def test_who_left_the_groupe_is_told_nothing_and_the_groupe_is_told_again(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    await database.fetch("delete from courriels")
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.ines)
    await post(CAST.aida, numero, now + HOUR)
    assert [who for _, who in await list_mails(numero)] == ["idir@exemple.fr"]


async def test_private_message_tells_nobody_of_the_aidant_side(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await database.fetch(
        "insert into adhesions (agent, groupe, is_instructeur, created_at) values (:agent, :groupe, true, :created_at)",
        agent=CAST.aline,
        groupe=CAST.groupes.cpam,
        created_at=now,
    )
    await post(CAST.ines, numero, now, is_prive=True)
    assert [who for _, who in await list_mails(numero)] == ["elie@exemple.fr", "ivan@exemple.fr"]
    assert await list_journal("message_envoye") == []
    assert len(await list_journal("message_prive_envoye")) == 1


async def test_traitee_and_declined_are_told_to_the_aidant_side(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await post(CAST.ines, numero, now, is_traitee=True)
    assert await list_mails(numero) == [
        ("demande_traitee", "aida@exemple.fr"),
        ("demande_traitee", "aline@exemple.fr"),
        ("message_envoye", "ivan@exemple.fr"),
    ]
    await database.fetch("delete from courriels")
    ivan = await signed_as(CAST.ivan, now)
    await answer_quickly(ivan, await load(ivan, numero), ReponseRapide.DECLINEE, typed(), now)
    assert await list_mails(numero) == [
        ("sollicitation_declinee", "aida@exemple.fr"),
        ("sollicitation_declinee", "aline@exemple.fr"),
    ]


async def test_mailbox_of_a_groupe_is_in_copy_but_not_for_its_own_acts(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await database.fetch("update groupes set bal = 'bal-' || id || '@exemple.fr'")
    await post(CAST.ines, numero, now)
    boxes = {who for _, who in await list_mails(numero) if who.startswith("bal-")}
    assert boxes == {f"bal-{CAST.groupes.cpam}@exemple.fr"}


async def test_deactivated_agents_and_those_who_want_none_are_left_out(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch("update agents set notification = 'aucune' where id = :agent", agent=CAST.idir)
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", agent=CAST.ines, now=now
    )
    await post(CAST.aida, numero, now)
    assert await list_mails(numero) == []


async def test_readers_of_a_private_message_are_counted(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    ines = await signed_as(CAST.ines, now)
    assert (await count_readers(await load(ines, numero))).prives == 3  # Inès, Idir, Ivan
    await make_invitation(numero, CAST.elie, "expert", now)
    await make_invitation(numero, CAST.eve, "instructeur", now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    assert (await count_readers(await load(ines, numero))).prives == 5
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", agent=CAST.idir, now=now
    )
    await database.fetch(
        "update groupes set deactivated_at = :now where id = :cle", cle=CAST.groupes.caf, now=now
    )
    assert (await count_readers(await load(ines, numero))).prives == 3  # Ivan, Élie, Ève
    await database.fetch("update groupes set deactivated_at = null where id = :cle", cle=CAST.groupes.caf)
    # An instructeur who wrote the demande himself stands on the aidant side of it.
    await database.fetch(
        "update demandes set auteur = :auteur where numero = :numero", numero=numero, auteur=CAST.ivan
    )
    assert (await count_readers(await load(ines, numero))).prives == 3


async def test_a_groupe_that_declined_no_longer_follows(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await database.fetch("update groupes set bal = 'bal-' || id || '@exemple.fr'")
    ivan = await signed_as(CAST.ivan, now)
    await answer_quickly(ivan, await load(ivan, numero), ReponseRapide.DECLINEE, typed(), now)
    await database.fetch("delete from courriels")
    await post(CAST.ines, numero, now)
    assert [who for _, who in await list_mails(numero)] == ["aida@exemple.fr"]
    await database.fetch("delete from courriels")
    await post(CAST.aida, numero, now + HOUR, relances=(CAST.groupes.cpam,))
    assert await list_mails(numero) == [
        ("demande_relancee", f"bal-{CAST.groupes.cpam}@exemple.fr"),
        ("demande_relancee", "ivan@exemple.fr"),
        ("message_envoye", f"bal-{CAST.groupes.caf}@exemple.fr"),
        ("message_envoye", "ines@exemple.fr"),
    ]


async def test_a_groupe_asked_again_is_told_as_a_whole(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, is_traitee=True)
    await database.fetch("delete from courriels")
    await post(CAST.aida, numero, now + HOUR, relances=(CAST.groupes.caf,))
    assert [who for _, who in await list_mails(numero)] == ["idir@exemple.fr", "ines@exemple.fr"]


async def test_who_is_an_expert_no_more_is_told_no_more(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await post(CAST.aida, numero, now)
    assert "elie@exemple.fr" in [who for _, who in await list_mails(numero)]
    await database.fetch("delete from courriels")
    await database.fetch("update agents set is_expert = false where id = :agent", agent=CAST.elie)
    await post(CAST.aida, numero, now + HOUR)
    assert [who for _, who in await list_mails(numero)] == ["idir@exemple.fr", "ines@exemple.fr"]


async def test_a_mailbox_shared_with_another_groupe_asked_still_hears_of_the_acts_of_the_first(
    now: datetime,
) -> None:
    numero = await make_caf_cpam(now)
    await database.fetch("update groupes set bal = 'accueil@exemple.fr'")
    await post(CAST.ines, numero, now)
    assert ("message_envoye", "accueil@exemple.fr") in await list_mails(numero)
