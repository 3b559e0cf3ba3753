"""French words that are also names, folded: they tell when a name in a text is only a word. Pure."""


def _read(mots: str) -> frozenset[str]:
    return frozenset(mots.split())


#: These words begin or link family names, and mean nothing alone.
PARTICULES = _read(
    """
    abd abdel ait al ben bin bou d da dame de del della den der des di dit dite do dos du el en et ibn l la
    le les mac notre ou oul ould saint sainte san santa sous st ste sur ten ter ul van von
    """
)

#: These names are also ordinary French words: in lower case, they are read as words.
MOTS_COMMUNS = _read(
    """
    abbe absent achat acte actif adieu adjoint affaire agneau aide aime aimee aine ainee alouette amande
    ambre ami amour ancien ange anglais appel arbre arcade archer argent armand armoire arnaque attente aube
    auberge avenant avenir avocat avoir bail banque barbe baron barre barriere bas basse bassin batard
    bateau beau beaucoup bebe bel belle berceau berger bergere bergerie besoin beurre biche bien bienfait
    bienvenu bienvenue biscuit blanc blanche bleu blocage blond bois boisson bon bonheur bonhomme bonne
    bonnet bonus bordereau boucher boucle boulanger boule bouquet bourgeois bourse bouton branche bras
    brebis brillant brin brise brun brune buisson bureau but caille caillou caisse calme canal capitaine
    cardinal careme carre carreau carrier carriere carte cave caveau cellier cerf cerise chambre chameau
    champ champagne champion champs chance chandelier chant chantier chapeau chapelle charbonnier charite
    charpentier chasse chasseur chat chateau chaud chaussee chauve chef chemin chene cher cheval chevalier
    chevre chevreau choisi choix ciel cigale civil clair claire clerc cloche clos cocher coeur coin colline
    colonel complet comptable compte comte constance constant conte copie coq coquille coral corbeau cordier
    cordonnier cornet costume cote courant couronne court courtois cousin couteau couture couvent couvreur
    creux croix cuisinier cure dame danger danois dauphin debut delai demande desire desiree dette deuil
    deux diamant dieu doc docteur domaine don dossier douce doucet doux drap droit droite droits duc durable
    durant ecole eglise emploi enfant entier epine ermite espagnol espece esperance espoir est etang etape
    etoile eveque fabrique facile facteur faible famille fanfare fauche faucheur faucon faux femme fer ferme
    fermier ferrand ferrier fete feu fiche fidele fille fils fin flamand flamme fleur foin foire fontaine
    force foret forge forgeron fort fortin fortune fosse four foyer franc francais frere froid fromage
    froment gaillard galant galet garage garant garcon garconnet garde gardien gare gendre general gentil
    gilet glace gouverneur grace grain grand grande grandin grands grange granger gras graveur greffier
    grenier gris grise gros grosse grue guerre guerrier guide habitat handicap hardi haut haute herbe
    heritier heureux hiver homme honnete honore hopital hote huissier huit impot impots inactif iris ivoire
    jade jardin jardinier jasmin jaune jeu jeudi jeune joie joli jolie jour joyeux juge juif jumeau juste
    justice laboureur lac lande lange large laurier lavande leger lettre levant lieu lievre ligne lin linge
    lion livre loge logement loi loin long longue loup lumiere lundi lune macon magasin magnet maigre main
    maire maison maitre majeur mal malade manche mandat manoir marais marbre marchand marche marechal mari
    mariage marie marin marine marque marquis marraine marron martinet martyr massif matin maure mauvais
    menager menuisier mercier mere merle merveille message messager metier meunier midi mieux milieu mine
    mineur ministre miracle mise mode modeste moine moineau moins mois moisson moitie mont montagne mot
    motte mou mouche moulin moutarde mouton muguet mur myrtille nain nation national navet neige nerveux
    neveu noble noce noir noire noix normal notaire nouveau nouvelle noyer nuage nuit numero objet office
    oiseau olive olivier ombre opale or orage orange ordre orient orme orphelin ours ouvrier page paille
    pain pair paire paix palais panier paon pape papillon paquet parade paradis parc pardon parent parfait
    paris paroisse part parti partie pas passage passe passion pastel pasteur patience patron pauvre paye
    paysan peintre pelerin pelletier pension perdrix perdu pere perle permis personne petit petite petits
    peu pie pied pierre pigeon pilote pin pinson piquet place plaine planche planque plein pluie poire
    poirier poisson poivre pomme pommier pont port porte porteur portier poste potier poulain poule poulet
    prairie pre premier present president prevot prieur prime prince princesse printemps pris prise prix
    procureur prose prosper prospere provost prud prudence prudent prune prunier puits quatre rabot raisin
    raison rame rameau rat rayon recours rede refus regard reine renard rendu rente rentier repos reste
    retard retraite riche richesse rivage rive riviere robe robin roc roche rocher roi romain rond ronde
    rosaire rose roseau rosee rosier rossignol rouge rouleau rousse roux royal royer rubis ruche rue rural
    sable sac sacre sage saison salaire salle salut samedi sans sante sapin saule sauvage savant savoir
    scelle secret sejour sel semaine senechal sept serf sergent serin serpent serrurier serviteur seul
    silence simple sincere six social sociale soie soir soldat sole soleil solidaire solitaire sommet son
    sonnet souci soulier source soyeux suisse sureau suzerain tache taille tailleur tambour tanneur tard
    taureau taux teinturier temple temps tendre terme terre terrier theme tigre tilleul titre toile toit
    tonnelier tort toujours tour tous tout toute toutes trait traitement travail travers treille tresor
    trois trouve truffe turc tutelle tuteur urgent vache vaillant val valet valeur vallee vallon vannier
    veau veille vendredi vent venue verger verite vermeil verre versement vert vertu veuf veuve viande
    victoire vie vieil vieille vieux vigne vigneron vilain village ville vin violet violette virement visage
    vison vital vite vivant voie voisin voix voyageur vrai vu
    """
)

#: French writes these with a capital when they are nobody’s name: places, feasts, months, institutions.
MOTS_A_CAPITALE = _read(
    """
    afrique agen ain aisne ajaccio albi alencon algerie allier alsace amerique amiens angers annecy aout
    aquitaine ardeche ardennes ariege ascension asie assomption aube auch aude aurillac auvergne aveyron
    avril bastia beauvais belgique blois bobigny bordeaux bourg bourges bourgogne brest bretagne caen cahors
    calvados cannes cantal cergy chambery champagne charente chartres correze corse creteil creuse dax
    decembre dijon dimanche dinan dordogne doubs drome espagne etat eure europe evreux evry fevrier
    finistere florence france gard gascogne gers gironde grenoble guadeloupe gueret guyane herault isere
    italie janvier jeudi juillet juin jura landes laon laval lille limoges loire lorraine lot lourdes lozere
    lundi lyon macon mai manche mardi marianne marne maroc mars marseille martinique mayenne mayotte melun
    mercredi metz meuse morbihan moselle moulins nancy nanterre nantes nevers nice nievre niort noel
    normandie novembre octobre oise orleans orne paques paris pau pentecote perigueux picardie poitiers
    pologne pontoise portugal provence quimper reims rennes reunion rhin roanne rochelle rodez rouen saintes
    samedi sarthe savoie septembre services somme tarbes tarn toulouse tours toussaint travail tulle tunisie
    valence vannes var vaucluse vendee vendredi versailles vienne vosges yon yonne
    """
)

#: These first names are also an allowance or a body: in capitals inside an ordinary sentence, they are initials.
SIGLES = _read(
    """
    ada alma ame anah api are ase asi cesu dila
    """
)
