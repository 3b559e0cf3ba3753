"""What must be so before some controls are there to be pressed: by the pages where people do it, else in the base."""

import re
import tempfile
import time
from pathlib import Path

import pikepdf
from playwright.sync_api import expect

from tests.navigateur.personne import ENVOYER, Personne


def keep_a_view(personne: Personne, _: int) -> None:
    """A view saved by who looks at the list."""
    personne.demo.sql(
        "insert into vues_enregistrees (agent, liste, nom, filtres, created_at) "
        "select id, 'miennes', 'À relire', 'onglet=en-cours', now() from agents where email = %s",
        "aida@exemple.fr",
    )


def take_a_tick(personne: Personne) -> None:
    """One demande marked as not read: the page says what was done."""
    # Somebody else has written there, and she has read it.
    read = personne.page.locator(".ap-ligne", has_text="Répondue").filter(has_not_text="Non lue")
    read.locator(".ap-coche > input").first.check()
    personne.settle()
    personne.press("Marquer comme non lues")
    expect(personne.page.get_by_role("button", name="Annuler", exact=True)).to_be_visible()


def make_lines(personne: Personne, numero: int) -> None:
    """A thread of several pages."""
    personne.demo.sql(
        """
        insert into messages (demande, cle, auteur, cote, nature, texte, sent_at)
        select d.numero, gen_random_uuid(), d.auteur, 'aidant', 'reponse', 'Ligne ' || n || '.',
            now() - (3000 - n) * interval '1 s'
        from demandes d cross join generate_series(1, 400) n where d.numero = %s
        """,
        numero,
    )


def note_a_rappel(personne: Personne) -> None:
    """A day on which to be reminded, once."""
    if personne.page.locator("[name=acte][value=finir]").count():
        return
    personne.page.locator("#demande-suivi details").first.evaluate("(fold) => { fold.open = true; }")
    [(day,)] = personne.demo.sql("select (current_date + 20)::text")
    personne.page.locator("#champ-rappel_le").fill(day)
    personne.press("Noter le rappel")


def write_two_pages(folder: str) -> Path:
    """A document of two pages."""
    path = Path(folder) / "avis.pdf"
    with pikepdf.new() as document:
        for _ in range(2):
            document.add_blank_page()
        document.save(path)
    return path


def join_a_file(personne: Personne) -> None:
    """A document beside what is typed."""
    with tempfile.TemporaryDirectory() as folder:
        personne.page.locator("#champ-fichiers").set_input_files(write_two_pages(folder))
        expect(personne.page.locator("#pieces_jointes-joints")).to_contain_text("avis.pdf")
    personne.settle()


def send_a_file(personne: Personne, numero: int) -> None:
    """An identifier of the usager, then a document in the thread, its pages drawn."""
    personne.open(f"/demandes/{numero}")
    personne.page.locator("summary", has_text="Ajouter une information").click()
    personne.page.get_by_label("Information", exact=True).select_option("allocataire_caf")
    personne.page.get_by_label("Valeur").fill("1234567")
    personne.press("Ajouter")
    personne.page.get_by_label("Votre message").fill("Voici l’avis.")
    join_a_file(personne)
    personne.press(ENVOYER)
    until = time.monotonic() + 30
    while not personne.demo.sql("select 1 from pieces_jointes where demande = %s and vues = 2", numero):
        assert time.monotonic() < until, "\n".join(personne.demo.said)
        time.sleep(0.1)


def open_a_file(personne: Personne, numero: int) -> str:
    """The page of a document alone."""
    send_a_file(personne, numero)
    [(piece,)] = personne.demo.sql("select id from pieces_jointes where demande = %s and vues = 2", numero)
    return f"/pieces-jointes/{piece}/apercu"


def ask_by_sms(personne: Personne) -> None:
    """The usager has not answered yet."""
    page = personne.page
    if not page.locator("#mandats-voir").count():
        page.get_by_role("radio", name="Par SMS").check()
        [(numero,)] = personne.demo.sql("select 61200000000 + (random() * 9999999)::int")
        page.get_by_label("Téléphone mobile de l’usager").fill(f"0{numero}"[:10])
        personne.press("Envoyer le SMS")
    expect(page.locator("#mandats-voir")).to_be_visible()


def revoke(personne: Personne, numero: int) -> None:
    """No mandat is in force."""
    personne.demo.sql(
        "update mandats set etat = 'revoque', revoked_at = now() where demande = %s and etat = 'valide'",
        numero,
    )


def publish_a_band(personne: Personne, _: int) -> None:
    """Words of the A+ team on every page."""
    personne.open("/administration/bandeau/nouveau")
    personne.page.get_by_label("Texte").fill("La messagerie est arrêtée mardi matin.")
    personne.page.get_by_label("À qui il s’affiche").select_option("tous")
    personne.page.get_by_label("Premier jour").fill("2026-01-01")
    personne.page.get_by_label("Dernier jour").fill("2036-01-01")
    personne.press("Publier")


def withdraw_the_band(personne: Personne) -> None:
    """It is on no page any more."""
    personne.open("/administration/bandeau")
    personne.press(re.compile("Bandeau n°"), role="link")
    personne.press("Retirer ce bandeau")


def end_soon(personne: Personne, _: int) -> None:
    """The session ends in ten minutes."""
    personne.demo.sql(
        "update sessions set created_at = now() - interval '11 hours', expires_at = now() + interval '10 minutes' "
        "where agent = (select id from agents where email = %s)",
        "rose@exemple.fr",
    )


def begin_a_conversation(personne: Personne, _: int) -> str:
    """With the A+ team."""
    personne.open("/aide/contact")
    personne.page.get_by_label("De quoi s’agit-il").select_option("autre")
    personne.page.get_by_label("Votre message").fill("Comment inviter un collègue ?")
    personne.press("Envoyer à l’équipe")
    return personne.page.url.removeprefix(personne.demo.url)


def ask_for_a_link(personne: Personne) -> None:
    """A sign-in mail was asked for."""
    if not personne.page.get_by_label("Adresse e-mail professionnelle").count():
        return
    personne.demo.let_an_hour_pass()
    personne.page.get_by_label("Adresse e-mail professionnelle").fill("aline@exemple.fr")
    personne.press("Recevoir un courriel de connexion")


def leave(personne: Personne, numero: int) -> None:
    """Its author is gone."""
    personne.demo.sql("update demandes set vacante_at = now() where numero = %s", numero)


def close(personne: Personne, numero: int) -> None:
    personne.demo.sql("update demandes set closed_at = now() where numero = %s", numero)


def decline(personne: Personne, numero: int) -> None:
    """No organisme asked is the right one."""
    personne.demo.sql(
        "update sollicitations set declinee_at = now(), late_at = null where demande = %s", numero
    )


def decline_the_others(personne: Personne) -> None:
    """From the next opening on, nor is any organisme of its département."""
    numero = int(personne.page.url.rpartition("/")[2])
    personne.demo.sql(
        """
        insert into sollicitations (demande, groupe, solicited_by, solicited_at, declinee_at)
        select d.numero, g.id, d.auteur, d.sent_at, now()
        from demandes d cross join groupes g join organismes o on o.id = g.organisme
        where d.numero = %s and not o.is_aidant
            and not exists (select 1 from sollicitations s where s.demande = d.numero and s.groupe = g.id)
        """,
        numero,
    )


def write_an_answer(personne: Personne) -> None:
    """It waits before it leaves."""
    if not personne.page.locator("[id^=partance-]").count():
        personne.page.get_by_label("Réponse personnalisée").fill("Le virement part demain.")
        personne.press(ENVOYER)


def ask_phone(personne: Personne, numero: int) -> str:
    """An SMS lies on the handset of the demonstration."""
    revoke(personne, numero)
    personne.open(f"/demandes/{numero}/mandat")
    ask_by_sms(personne)
    return "/_telephone"


def name_a_reply(personne: Personne, _: int) -> None:
    personne.demo.sql(
        "insert into reponses (groupe, titre, texte, created_by, created_at) "
        "select g.id, 'Virement', 'Le virement est parti.', a.id, now() from groupes g, agents a "
        "where g.nom = 'CAF 22' and a.email = %s",
        "ines@exemple.fr",
    )


def add_what_can_be_taken_away(personne: Personne) -> None:
    """A file, and one more information about the usager, once."""
    if not personne.page.get_by_role("button", name="Retirer").count():
        join_a_file(personne)
        personne.page.locator("#champ-nouvelle_nature").select_option(index=1)
        personne.press("Ajouter")
