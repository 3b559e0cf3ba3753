"""Which list a form stood under, and what its address asked. Pure."""

from urllib.parse import parse_qsl

from app.formulaire import Formulaire
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
