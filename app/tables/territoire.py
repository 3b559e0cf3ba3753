"""Where things happen: organismes, thèmes, sujets, départements."""

from piccolo.columns import Array, Boolean, ForeignKey, Integer, Serial, SmallInt, Text, Varchar
from piccolo.table import Table

from app.database import ENGINE
from app.tables.liens import FOLLOW, KEEP


class Organismes(Table, db=ENGINE, tablename="organismes"):
    """CAF, CPAM, préfecture… `is_aidant` ones open demandes, the others answer."""

    id = Serial(primary_key=True)
    code = Varchar(40, unique=True)
    sigle = Varchar(40)
    nom = Varchar(200)
    description = Text()
    is_aidant = Boolean(default=False)
    is_nir_autorise = Boolean(default=False)
    champs = Array(Varchar(40), help_text="natures of usager information it wants")
    themes = Array(Varchar(40))
    is_retire = Boolean(default=False, help_text="offered no more, kept where it serves")


class Themes(Table, db=ENGINE, tablename="themes"):
    """A category of the guided mode."""

    id = Serial(primary_key=True)
    code = Varchar(40, unique=True)
    rang = SmallInt()
    nom = Varchar(80)
    description = Text()
    is_retire = Boolean(default=False)


class Sujets(Table, db=ENGINE, tablename="sujets"):
    """A usual blocking: which organismes, which documents, what to try first, how to write it.

    What suggests it and its guide are null until somebody, or `load_referentiel`, says them.
    """

    id = Serial(primary_key=True)
    code = Varchar(80, unique=True)
    theme = ForeignKey(Themes, on_delete=KEEP, null=False, index=True)
    rang = SmallInt()
    nom = Varchar(200)
    organismes = Array(Varchar(40))
    documents = Array(Text())
    essayez = Text()
    mots = Array(Text(), null=True, default=None, help_text="what suggests it to who writes one of them")
    depuis = Text(null=True, default=None, help_text="its writing guide: what to date")
    essais = Array(Varchar(40), null=True, default=None, help_text="codes of referentiel.redaction.essais")
    attendu = Text(null=True, default=None)
    is_retire = Boolean(default=False)


class ReponsesSuggestions(Table, db=ENGINE, tablename="reponses_suggestions"):
    """How many agents followed or refused the suggestion of a sujet, for any text: two numbers, no more."""

    sujet = ForeignKey(Sujets, on_delete=FOLLOW, primary_key=True, null=False)
    retenues = Integer(default=0)
    refusees = Integer(default=0)


class VoixSuggestions(Table, db=ENGINE, tablename="voix_suggestions"):
    """Who was counted already: a keyed fingerprint of the agent, the sujet and the answer, and nothing else."""

    empreinte = Varchar(64, primary_key=True)
    sujet = ForeignKey(Sujets, on_delete=FOLLOW, null=False, index=True)


class Departements(Table, db=ENGINE, tablename="departements"):
    """A territory with its clock: time zone and calendar of public holidays."""

    id = Serial(primary_key=True)
    code = Varchar(3, unique=True)
    nom = Varchar(80)
    du = Varchar(90, help_text="« des Côtes-d’Armor »")
    fuseau = Varchar(40)
    calendrier = Varchar(
        400, default="", help_text="see regles.calendrier.write_subdivision; empty for métropole"
    )
