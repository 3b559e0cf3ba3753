"""Which list a form stood under, and what its address asked. Pure."""

from urllib.parse import parse_qsl, urlencode

from app.domain.listes.criteres import Criteres
from app.formulaire import Formulaire
from app.routes.demandes.adresses import read_criteres, write_adresse
from app.routes.demandes.vues import RECUES, VUES, Vue


def read_retour(form: Formulaire) -> tuple[Vue, Formulaire]:
    """The list of the field `retour`, and its query, empty when no page of ours wrote it; Demandes reçues when it names
    none of ours.
    """
    chemin, _, query = form.texte("retour").partition("?")
    vue = next((one for one in VUES if one.chemin == chemin), RECUES)
    try:
        pairs = parse_qsl(query, max_num_fields=50)
    except ValueError:
        pairs = []
    return vue, Formulaire.of_pairs(pairs)


def find_liste(adresse: str) -> tuple[Vue, Criteres] | None:
    """The list that has this address and what it asks; None when no list of ours has it."""
    form = Formulaire.of_pairs([("retour", adresse)])
    vue, query = read_retour(form)
    if adresse.partition("?")[0] != vue.chemin:
        return None
    return vue, read_criteres(query)


def say_liste(vue: Vue, criteres: Criteres) -> str:
    """The end of the address of a demande, for who came to it from this list; nothing from the list as it opens."""
    natural = {"", vue.boite.tri_naturel(criteres.onglet)}
    is_first = criteres.onglet in {"", vue.boite.defaut} and criteres.page == 1
    if is_first and not criteres.is_filtre and criteres.tri in natural:
        return ""
    return f"?{urlencode({'liste': write_adresse(vue.chemin, criteres)})}"
