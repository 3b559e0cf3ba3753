"""What changes away from the focus is told by a region whose role says how: a result is a status, what is wrong or
suggested an alert, each once (RGAA 7.5)."""

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

# From now on, each sentence that enters a live region, and how; an alert is told as it comes into the page.
LISTEN = """
() => {
  window.heard = [];
  const live = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  const tell = (one) => {
    const said = one.textContent.replace(/\\s+/g, " ").trim();
    if (said && one.checkVisibility()) window.heard.push([one.role || one.ariaLive, said]);
  };
  new MutationObserver((all) => {
    for (const { target, type, addedNodes } of all) {
      const region = (target.closest ? target : target.parentElement).closest(live);
      if (region && (type !== "attributes" || region === target)) tell(region);
      if (region) continue;
      for (const one of addedNodes) {
        if (one.matches && one.matches("[role=alert]")) tell(one);
        if (one.matches) one.querySelectorAll("[role=alert]").forEach(tell);
      }
    }
  }).observe(document.body, {
    childList: true, characterData: true, attributeFilter: ["hidden", "role"], subtree: true,
  });
}
"""
TOLD = """
([role, start]) => window.heard.some(([how, said]) => how === role && said.startsWith(start))
"""
ECHEC = "Le brouillon n’a pas pu être enregistré"


def told(personne: Personne, start: str) -> list[str]:
    """How each sentence that begins so was told since one listens, once the page is quiet."""
    personne.settle()
    return [how for how, said in personne.page.evaluate("() => window.heard") if said.startswith(start)]


def hears(personne: Personne, role: str, start: str, *, times: int = 1) -> None:
    """A sentence that begins so was told this way, and so many times since one listens."""
    personne.page.wait_for_function(TOLD, arg=[role, start])
    assert told(personne, start) == [role] * times


def test_what_a_new_demande_finds_wrong_or_suggests_is_an_alert(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.evaluate(LISTEN)
    page.get_by_label("Titre").fill("AAH interrompue, 1 84 12 76 451 089 46")
    page.get_by_label("Description").fill("L’appeler au 06 12 34 56 78.")
    hears(aida, "alert", "Le titre ne doit pas permettre de reconnaître")
    hears(aida, "alert", "Est-ce le sujet « AAH")
    hears(aida, "alert", "À savoir : la description contient des données")
    page.get_by_label("Description").fill("L’appeler au 06 12 34 56 78, le matin.")
    with page.expect_response("**/demandes/nouvelle"):
        page.get_by_label("Urgente").check()
    aida.settle()
    hears(aida, "alert", "Le titre ne doit pas permettre de reconnaître")
    hears(aida, "alert", "À savoir : la description contient des données")

    field, wrong = page.locator("#champ-fichiers"), b"MZ\0\1" * 50
    field.set_input_files({"name": "avis.txt", "mimeType": "text/plain", "buffer": b"bonjour"})
    hears(aida, "status", "1 fichier joint.")
    field.set_input_files({"name": "avis.exe", "mimeType": "application/x-msdownload", "buffer": wrong})
    hears(aida, "alert", "« avis.exe » : Ce fichier est un programme")


def test_a_draft_that_cannot_be_saved_is_an_alert_told_once(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.evaluate(LISTEN)
    with page.expect_response("**/demandes/nouvelle/brouillon"):
        page.get_by_label("Titre").fill("AAH interrompue")
    aida.settle()
    assert page.evaluate("() => window.heard.filter(([, said]) => said.includes('Brouillon'))") == []
    aida.cut_network(True)
    for title in ("AAH interrompue en juillet", "AAH interrompue en juillet dernier"):
        with page.expect_event("requestfailed"):
            page.get_by_label("Titre").fill(title)
        hears(aida, "alert", ECHEC)
    aida.cut_network(False)


def test_a_draft_asked_for_is_told_once_saved_or_not(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.evaluate(LISTEN)
    page.get_by_label("Titre").fill("AAH interrompue")
    aida.press("Enregistrer le brouillon")
    hears(aida, "status", "Brouillon enregistré")
    aida.cut_network(True)
    # The second time, the alert stands there already.
    for how in (["alert"], ["alert", "status"]):
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Enregistrer le brouillon").click()
        page.wait_for_timeout(400)
        assert told(aida, ECHEC) == how
    aida.cut_network(False)


def test_a_refused_sending_does_not_tell_again_what_is_only_good_to_know(arrive: Arrival) -> None:
    aida = arrive("aida@exemple.fr")
    page = aida.open("/demandes/nouvelle")
    page.evaluate(LISTEN)
    page.get_by_label("Description").fill("L’appeler au 06 12 34 56 78.")
    page.get_by_label("Urgente").check()
    hears(aida, "alert", "À savoir : la description contient des données")
    aida.press("Envoyer ma demande")
    aida.page.locator(".ap-erreurs").wait_for()
    aida.says("À savoir")
    hears(aida, "alert", "À savoir : la description contient des données")


def test_who_leaves_the_presences_is_told_what_it_changes(arrive: Arrival) -> None:
    ines = arrive("ines@exemple.fr")
    page = ines.open(f"/demandes/{ines.demo.find_demande('aline@exemple.fr')}")
    page.evaluate(LISTEN)
    ines.press("Ne plus actualiser", role="link")
    hears(ines, "status", "Vous ne voyez plus qui est sur cette demande")
