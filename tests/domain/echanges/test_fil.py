"""The thread and the participants: what each reader sees of them, in one query each (product §3, §7)."""

from datetime import datetime
from uuid import uuid4

from app import database
from app.domain.demandes import lectures
from app.domain.echanges import fil, invitations
from app.domain.echanges.saisie import InvitationSaisie
from app.domain.regles.statuts import Nature
from tests.cast import CAST
from tests.domain.scene import DAY, HOUR, load, make_caf_cpam, post, signed_as
from tests.factories import make_demande, make_invitation, make_message


async def read(agent: int, numero: int, now: datetime) -> list[str]:
    signed = await signed_as(agent, now)
    return [line.texte for line in await fil.list_fil(signed.droits, await load(signed, numero))]


async def names(agent: int, numero: int, now: datetime) -> list[tuple[str, str]]:
    signed = await signed_as(agent, now)
    demande = await load(signed, numero)
    return [(p.nom, p.qualite) for p in await fil.list_participants(signed.droits, demande)]


async def test_each_reads_what_is_theirs(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await post(CAST.aida, numero, now, "Bonjour.")
    await post(CAST.ines, numero, now, "Lot 2217.", is_prive=True)
    await post(CAST.idir, numero, now, "Nous regardons.")
    for agent in (CAST.aida, CAST.aline):
        assert await read(agent, numero, now) == ["Bonjour.", "Nous regardons."]
    for agent in (CAST.ines, CAST.idir, CAST.elie):
        assert await read(agent, numero, now) == ["Bonjour.", "Lot 2217.", "Nous regardons."]
    for agent in (CAST.rose, CAST.ada):
        assert await read(agent, numero, now) == []


async def test_instructeur_on_the_aidant_side_reads_no_private_line(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupe=CAST.groupes.caf)
    await post(CAST.idir, numero, now, "Entre nous.", is_prive=True)
    assert await read(CAST.ines, numero, now) == []
    assert await read(CAST.idir, numero, now) == ["Entre nous."]


async def test_a_line_says_who_for_whom_and_how(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "Passez par le 3230.", is_procedure=True)
    signed = await signed_as(CAST.aida, now)
    line = (await fil.list_fil(signed.droits, await load(signed, numero)))[0]
    assert (line.auteur, line.auteur_nom, line.groupe_nom) == (CAST.ines, "Inès Le Goff", "CAF 22")
    assert (line.cote, line.nature, line.sent_at) == ("instructeur", Nature.REPONSE, now)
    assert (line.is_procedure, line.is_prive, line.signature) == (True, False, "")


async def test_invited_names_stand_in_the_line(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await signed_as(CAST.aida, now)
    await invitations.invite(
        aida,
        await load(aida, numero),
        InvitationSaisie(
            cle=uuid4(),
            groupes=(
                CAST.groupes.cpam_974,
                CAST.groupes.cpam,
            ),
            collegues=(CAST.aline,),
            experts=True,
        ),
        now,
    )
    line = (await fil.list_fil(aida.droits, await load(aida, numero)))[0]
    assert line.groupes_invites == ("CPAM 22", "CPAM 974")
    assert line.agents_invites == ("Élie Martin", "Aline Prigent")


async def test_lines_stand_in_order_and_after_a_line_on_demand(now: datetime) -> None:
    numero = await make_demande(now)
    await make_message(numero, CAST.ines, "deuxième", now + HOUR)
    await make_message(numero, CAST.aida, "première", now, cote="aidant")
    last = await make_message(numero, CAST.ines, "troisième", now + DAY)
    assert await read(CAST.aida, numero, now) == ["première", "deuxième", "troisième"]
    signed = await signed_as(CAST.aida, now)
    demande = await load(signed, numero)
    assert [line.id for line in await fil.list_fil(signed.droits, demande, last - 1)] == [last]


async def test_what_came_since_is_bounded_and_a_line_is_found_in_a_thread_of_any_length(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    lines = [await make_message(numero, CAST.ines, f"message {n}", now + n * HOUR) for n in range(60)]
    secret = await make_message(numero, CAST.ines, "entre nous", now, is_prive=True)
    aida = await signed_as(CAST.aida, now)
    demande = await load(aida, numero)
    assert [line.id for line in await fil.list_fil(aida.droits, demande, lines[0])] == lines[-fil.PAR_PAGE :]
    found = await fil.find_ligne(aida.droits, demande, fil.name_ligne(lines[0]))
    assert found is not None
    assert (found.id, found.texte) == (lines[0], "message 0")
    assert await fil.find_ligne(aida.droits, demande, fil.name_ligne(secret)) is None
    rose = await signed_as(CAST.rose, now)
    assert await fil.find_ligne(rose.droits, await load(rose, numero), fil.name_ligne(lines[0])) is None


async def test_a_line_of_the_platform_has_no_author(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        """
        insert into messages (demande, cle, cote, nature, texte, sent_at)
        values (:demande, :cle, 'plateforme', 'mandat', 'Mandat enregistré.', :sent_at)
        """,
        demande=numero,
        cle=uuid4(),
        sent_at=now,
    )
    signed = await signed_as(CAST.aida, now)
    line = (await fil.list_fil(signed.droits, await load(signed, numero)))[0]
    assert (line.auteur, line.auteur_nom, line.groupe_nom) == (None, "", "")


async def test_messages_are_found_folded(now: datetime) -> None:
    line = await post(CAST.aida, await make_demande(now), now, "L’échéance d’Été")
    row = await database.fetch_one("select repere from messages where id = :cle", cle=line)
    assert row is not None
    assert row["repere"] == "l'echeance d'ete"


async def test_participants_are_those_invited_and_instructeurs_who_came_or_wrote(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    assert await names(CAST.aida, numero, now) == [("Aïda Kerjean", "auteur")]
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await post(CAST.ines, numero, now)
    idir = await signed_as(CAST.idir, now)
    await lectures.mark_read(idir, await load(idir, numero), now)
    assert await names(CAST.aida, numero, now) == [
        ("Aïda Kerjean", "auteur"),
        ("Aline Prigent", "collegue"),
        ("Idir Hamel", "instructeur"),
        ("Inès Le Goff", "instructeur"),
        ("Élie Martin", "expert"),
    ]
    assert await names(CAST.rose, numero, now) == []


async def test_participants_say_their_visits_and_their_groupe(now: datetime) -> None:
    numero = await make_demande(now)
    idir = await signed_as(CAST.idir, now)
    for later in (now, now + DAY):
        await lectures.mark_read(idir, await load(idir, numero), later)
    found = await fil.list_participants(idir.droits, await load(idir, numero))
    assert [(p.agent, p.groupe_nom, p.first_at, p.last_at) for p in found] == [
        (CAST.aida, "France Services Callac", None, None),
        (CAST.idir, "CAF 22", now, now + DAY),
    ]


async def test_having_written_in_private_only_does_not_show_on_the_aidant_side(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, is_prive=True)
    assert await names(CAST.aida, numero, now) == [("Aïda Kerjean", "auteur")]
    assert ("Inès Le Goff", "instructeur") in await names(CAST.idir, numero, now)


async def test_one_person_stands_once(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.ines, groupe=CAST.groupes.caf)
    await post(CAST.ines, numero, now)
    await make_invitation(numero, CAST.idir, "instructeur", now)
    await post(CAST.idir, numero, now)
    assert await names(CAST.ines, numero, now) == [
        ("Inès Le Goff", "auteur"),
        ("Idir Hamel", "instructeur"),
    ]


async def test_thread_and_participants_cost_one_query_each(now: datetime) -> None:
    numero = await make_demande(now)
    signed = await signed_as(CAST.ines, now)
    demande = await load(signed, numero)
    for count in (1, 30):
        for n in range(count):
            await make_message(numero, CAST.ines, f"message {n}", now)
        with database.spy_queries() as queries:
            await fil.list_fil(signed.droits, demande)
            await fil.list_participants(signed.droits, demande)
        assert len(queries) == 2
