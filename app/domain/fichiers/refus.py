"""Why a file is not taken: one sentence the person can act on, and that is true of this very file."""


class FichierRefuse(Exception):
    """The file is not kept. `phrase` is French, names what to do, and is shown beside that file only."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


VIDE = "Ce fichier est vide ; vérifiez-le, puis joignez-le de nouveau."
ABIME = (
    "Ce fichier est abîmé ou incomplet ; ouvrez-le pour vérifier, enregistrez-le de nouveau, puis joignez-le."
)
MACROS = "Ce fichier contient des macros ; enregistrez-le en PDF, puis joignez le PDF."
MOT_DE_PASSE = (
    "Ce fichier est protégé par un mot de passe ; joignez une version qui s’ouvre sans mot de passe."
)
DEUX_FORMATS = "Ce fichier en cache un autre ; imprimez-le en PDF, puis joignez le PDF."
SUITE = (
    "Ce fichier continue après sa propre fin ; ouvrez-le, enregistrez-le ou imprimez-le de nouveau en PDF, puis "
    "joignez le nouveau fichier."
)
INHABITUEL = (
    "Ce fichier est construit de façon inhabituelle et ne peut pas être vérifié ; imprimez-le en PDF, puis joignez "
    "le nouveau fichier."
)
TROP_LOURD_OUVERT = (
    "Ce fichier devient beaucoup trop lourd une fois ouvert ; imprimez-le en PDF, puis joignez le PDF."
)
OBJETS = (
    "Ce document contient un objet ou un programme incorporé ; enregistrez-le en PDF, puis joignez le PDF."
)
LIENS = (
    "Ce document va chercher son contenu ailleurs (modèle, cadre, DDE) ; enregistrez-le en PDF, puis "
    "joignez le PDF."
)
MAL_RECU = "Ce fichier n’a pas pu être reçu en entier : joignez-le de nouveau, seul."
