"""Who gets what at every address of the site: the one table of quality S1, read against product §3.

Columns are `roles.ROLES`, in order. The line of a route is about one's own objects (`ici`); the line `ailleurs` under
it, about those of another département. Cells are statuses; `→` is the way to /connexion and back. What stands after
` · ` is a variant of the same address, said in `gestes.py`.

404: one may not know that it exists. 403: one knows, and may not. 409: not any more. 422: the form is not right here.
"""

from collections.abc import Iterator

from tests.gardes.roles import ROLES

SIGN_IN = "→"

TABLE = """
                                                           deh aut inv col ins arr par ext exp res pil adm
GET /                                                      200 303 303 303 303 303 200 303 303 200 200 303
GET /.well-known/security.txt                              200 200 200 200 200 200 200 200 200 200 200 200
GET /_composants                                           200 200 200 200 200 200 200 200 200 200 200 200
GET /_courriels                                            200 200 200 200 200 200 200 200 200 200 200 200
GET /_courriels/{cle}                                      404 404 404 404 404 404 404 404 404 404 404 404
     ailleurs                                              404 404 404 404 404 404 404 404 404 404 404 404
GET /_courriels/{cle}/html                                 404 404 404 404 404 404 404 404 404 404 404 404
     ailleurs                                              404 404 404 404 404 404 404 404 404 404 404 404
GET /_telephone                                            200 200 200 200 200 200 200 200 200 200 200 200
POST /_telephone                                           303 303 303 303 303 303 303 303 303 303 303 303
GET /accessibilite                                         200 200 200 200 200 200 200 200 200 200 200 200
GET /administration                                         →  403 403 403 403 403 403 403 403 403 403 200
GET /administration/agents                                  →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/agents                                 →  403 403 403 403 403 403 403 403 403 403 303
GET /administration/agents/nouveau                          →  403 403 403 403 403 403 403 403 403 403 200
GET /administration/agents/{agent}                          →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /administration/agents/{agent}/adresse                 →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/agents/{agent}/qualites                →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/agents/{agent}/perimetres              →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/agents/{agent}/perimetres/{perimetre}/retrait →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
POST /administration/agents/{agent}/deconnexions            →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/agents/{agent}/second-facteur          →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
POST /administration/agents/{agent}/vue                     →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/vue/fin                                →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/agents/{agent}/desactivation           →  404 404 404 404 404 404 404 404 404 404 409
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
POST /administration/agents/{agent}/reactivation            →  404 404  →  404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
GET /administration/signalements                            →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/signalements/{signalement}/classement  →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
GET /administration/agents/{agent}/exclusion                →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /administration/agents/{agent}/exclusion               →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
GET /administration/conversations                           →  403 403 403 403 403 403 403 403 403 403 200
GET /administration/conversations/{conversation}            →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /administration/conversations/{conversation}/reponse   →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/conversations/{conversation}/cloture   →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
GET /administration/traductions                             →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/traductions/{langue}/relecture         →  403 403 403 403 403 403 403 403 403 403 303
POST /administration/traductions/{langue}/retrait           →  403 403 403 403 403 403 403 403 403 403 303
GET /administration/procedures                               →  403 403 403 403 403 403 403 403 403 403 200
GET /administration/procedures/{procedure}                   →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                                →  404 404 404 404 404 404 404 404 404 404 200
POST /administration/procedures/{procedure}/acceptation      →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                                →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/procedures/{procedure}/refus            →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                                →  404 404 404 404 404 404 404 404 404 404 303
GET /administration/demandes-usagers                        →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/demandes-usagers                       →  403 403 403 403 403 403 403 403 403 403 303
POST /administration/demandes-usagers/recherche             →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/demandes-usagers/{requete}/effacement  →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
POST /administration/demandes-usagers/{requete}/reponse     →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
GET /administration/groupes                                 →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/groupes                                →  403 403 403 403 403 403 403 403 403 403 303
GET /administration/groupes/nouveau                         →  403 403 403 403 403 403 403 403 403 403 200
GET /administration/groupes/{groupe}                        →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /administration/groupes/{groupe}                       →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
GET /administration/groupes/{groupe}/fermeture              →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /administration/groupes/{groupe}/fermeture             →  404 404 404 404 404 404 404 404 404 404 409
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
POST /administration/groupes/{groupe}/reouverture           →  404 404 404 404 404 404 404 404 404 404 409
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
GET /administration/imports                                 →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/imports                                →  403 403 403 403 403 403 403 403 403 403 303
GET /administration/imports/{numero_import}                 →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /administration/imports/{numero_import}/abandon        →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/imports/{numero_import}/ecriture       →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /administration/imports/{numero_import}/lecture        →  404 404 404 404 404 404 404 404 404 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
GET /administration/imports/{numero_import}/a-corriger.csv  →  404 404 404 404 404 404 404 404 404 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /administration/reglages                                →  403 403 403 403 403 403 403 403 403 403 200
GET /administration/journal                                 →  403 403 403 403 403 403 403 403 403 403 200
GET /administration/journal.csv                             →  403 403 403 403 403 403 403 403 403 403 200
POST /administration/journal/verification                   →  403 403 403 403 403 403 403 403 403 403 200
GET /aide                                                  200 200 200 200 200 200 200 200 200 200 200 200
GET /aide/contact                                          200 200 200 200 200 200 200 200 200 200 200 200
POST /aide/contact                                         303 303 303 303 303 303 303 303 303 303 303 303
GET /aide/contact/lien/{lien}                              200 200 200 200 200 200 200 200 200 200 200 200
     ailleurs                                              200 200 200 200 200 200 200 200 200 200 200 200
POST /aide/contact/lien/{lien}                             303 303 303 303 303 303 303 303 303 303 303 303
     ailleurs                                              303 303 303 303 303 303 303 303 303 303 303 303
GET /aide/contact/{conversation}                            →  200 404 404 404 404 404 404 404 404 404 404
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
POST /aide/contact/{conversation}                           →  303 404 404 404 404 404 404 404 404 404 404
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
GET /aide/glossaire                                        200 200 200 200 200 200 200 200 200 200 200 200
GET /aide/{guide}                                          200 200 200 200 200 200 200 200 200 200 200 200
GET /api/v1/definitions                                    401 401 401 401 401 401 401 401 401 401 401 401
GET /api/v1/indicateurs                                    401 401 401 401 401 401 401 401 401 401 401 401
GET /api/v1/openapi.json                                   200 200 200 200 200 200 200 200 200 200 200 200
GET /blocages                                               →  200 200 200 200 200 200 200 200 200 200 200
POST /blocages/{blocage}                                    →  404 404 404 303 303 404 404 404 303 403 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /brouillons/suppression                                →  303 303 303 303 303 303 303 303 303 303 303
POST /brouillons/{cle}/suppression                          →  303 303 303 303 303 303 303 303 303 303 303
     ailleurs                                               →  303 303 303 303 303 303 303 303 303 303 303
GET /cgu                                                    →  303 303 303 303 303 303 303 303 303 303 303
POST /cgu                                                   →  303 303 303 303 303 303 303 303 303 303 303
GET /conditions-generales                                  200 200 200 200 200 200 200 200 200 200 200 200
GET /connexion                                             200 303 303 303 303 303 303 303 303 303 303 303
POST /connexion                                            303 303 303 303 303 303 303 303 303 303 303 303
POST /connexion/code                                       303 303 303 303 303 303 303 303 303 303 303 303
GET /connexion/courriel                                    303 303 303 303 303 303 303 303 303 303 303 303
POST /connexion/courriel                                   303 303 303 303 303 303 303 303 303 303 303 303
GET /connexion/lien/{jeton}                                200 200 200 200 200 200 200 200 200 200 200 200
     ailleurs                                              200 200 200 200 200 200 200 200 200 200 200 200
POST /connexion/lien/{jeton}                               303 422 422 422 422 422 422 422 422 422 422 422
     ailleurs                                              303 422 422 422 422 422 422 422 422 422 422 422
POST /connexion/lien/{jeton}/courriel                      303 303 303 303 303 303 303 303 303 303 303 303
     ailleurs                                              303 303 303 303 303 303 303 303 303 303 303 303
POST /deconnexion                                          303 303 303 303 303 303 303 303 303 303 303 303
GET /connexion/second-facteur                               →  303 303 303 303 303 303 303 303 303 303 303
POST /connexion/second-facteur                              →  303 303 303 303 303 303 303 303 303 303 303
GET /demandes                                               →  200 200 200 200 200 303 200 303 303 303 303
GET /demandes/nouvelle                                      →  303 303 303 303 303 403 303 403 403 403 403
GET /demandes/nouvelle · brouillon d’Aïda ou d’Ève          →  200 303 303 303 303 403 303 403 403 403 403
     ailleurs                                               →  303 303 303 303 303 403 303 403 403 403 403
POST /demandes/nouvelle                                     →  303 303 303 303 303 403 303 403 403 403 403
POST /demandes/nouvelle · brouillon d’Aïda ou d’Ève         →  303 409 409 409 409 403 409 403 403 403 403
     ailleurs                                               →  409 409 409 409 409 403 409 403 403 403 403
POST /demandes/nouvelle/brouillon                           →  303 303 303 303 303 403 303 403 403 403 403
POST /demandes/nouvelle/brouillon · d’Aïda ou d’Ève         →  303 404 404 404 404 403 404 403 403 403 403
     ailleurs                                               →  404 404 404 404 404 403 404 403 403 403 403
POST /demandes/gestes                                       →  303 303 303 303 303 303 303 303 303 303 303
POST /demandes/gestes/annulation                            →  303 303 303 303 303 303 303 303 303 303 303
GET /demandes/vues                                          →  200 200 200 200 200 200 200 200 200 200 200
POST /demandes/vues                                         →  303 303 303 303 303 303 303 303 303 303 303
POST /demandes/vues/effacement                              →  404 404 404 404 404 404 404 404 404 404 404
GET /demandes/recherche                                     →  200 200 200 200 200 200 200 200 200 200 200
GET /demandes/recues                                        →  303 303 303 200 200 303 200 303 303 303 303
GET /demandes/suivies                                       →  303 303 303 303 303 303 303 200 303 303 303
GET /demandes/{numero}                                      →  200 200 404 200 200 404 404 200 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /demandes/{numero} · clôturée                           →  200 200 404 200 200 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /demandes/{numero} · effacée                            →  200 200 404 200 200 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /demandes/{numero}/annulation                          →  409 409 404 409 409 404 404 409 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/brouillon                           →  303 303 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/cloture                              →  200 200 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/cloture                             →  303 303 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/effacement                           →  404 404 404 404 404 404 404 404 404 404 404
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
GET /demandes/{numero}/effacement · effacée                 →  200 200 404 200 200 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /demandes/{numero}/impression                           →  200 200 404 200 200 404 404 200 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/impression.html                      →  200 200 404 200 200 404 404 200 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/impression.pdf                       →  200 200 404 200 200 404 404 200 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/informations                        →  303 303 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/informations/{information}          →  200 200 404 200 200 404 404 200 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/invitations                          →  200 200 404 200 200 404 404 200 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/invitations                         →  303 303 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/invitations · aidante               →  303 303 404 422 422 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/invitations · experts               →  303 303 404 303 303 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/invitations · instructrice          →  422 422 404 303 422 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/invitations · privée                →  403 403 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/invitations · transfert             →  403 403 404 303 303 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/mandat                               →  200 200 404 200 200 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/mandat                              →  303 303 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/mandat.pdf                           →  200 200 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/mandat/revocation                   →  303 303 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/meme-usager                         →  303 303 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages                            →  303 303 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · clôturée                 →  409 409 404 409 409 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · je m’en occupe           →  403 403 404 303 303 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · pas le bon               →  403 403 404 303 303 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · privé                    →  403 403 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · procédure                →  403 403 404 303 303 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · relance                  →  303 303 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · sans mandat              →  409 409 404 409 409 404 404 409 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages · traité                   →  403 403 404 303 303 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/messages/{ligne}/correction          →  200 403 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages/{ligne}/correction         →  303 403 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/messages/{ligne}/correction · clos  →  409 403 404 403 403 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/note                                 →  200 200 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/note.pdf                             →  200 200 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/pieces-jointes.zip                   →  200 200 404 200 200 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/non-lue                             →  303 303 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/rappel                              →  303 303 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/reouverture                         →  303 303 404 403 403 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/suivi                               →  303 303 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /demandes/{numero}/signalement                          →  200 200 404 200 200 404 404 200 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/signalement                         →  303 303 404 303 303 404 404 303 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /deploiement                                            →  403 403 403 403 403 403 403 403 403 200 200
GET /deploiement/{fichier}                                  →  403 403 403 403 403 403 403 403 403 200 200
GET /donnees-personnelles                                  200 200 200 200 200 200 200 200 200 200 200 200
POST /mandats/prerempli.pdf                                 →  200 200 200 200 200 200 200 200 200 200 200
GET /demandes/{numero} · vacante                            →  404 200 200 200 200 404 404 200 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /demandes/{numero}/reprise · tenue                     →  403 403 404 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /demandes/{numero}/reprise                             →  404 303 303 403 403 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /groupes                                                →  200 200 200 200 200 200 200 200 200 200 200
GET /groupes/{groupe}                                       →  200 200 200 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /groupes/{groupe}/comptes                               →  403 403 403 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /groupes/{groupe}/comptes                              →  403 403 403 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
GET /groupes/{groupe}/demandes                              →  403 403 403 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /groupes/{groupe}/demandes.csv                          →  403 403 403 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /groupes/{groupe}/demandes.ods                          →  403 403 403 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /groupes/{groupe}/membres                              →  303 303 303 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
GET /groupes/{groupe}/membres.csv                           →  403 403 403 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
GET /groupes/{groupe}/membres/{agent}                       →  200 200 200 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /groupes/{groupe}/membres/{agent}                      →  403 403 403 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /groupes/{groupe}/membres/{agent}/absence              →  403 403 303 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
POST /groupes/{groupe}/membres/{agent}/annulation           →  403 403 403 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
POST /groupes/{groupe}/membres/{agent}/courriel             →  403 403 403 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
POST /groupes/{groupe}/membres/{agent}/reactivation         →  403 403  →  404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
POST /groupes/{groupe}/membres/{agent}/retour               →  403 403 303 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 303
GET /groupes/{groupe}/membres/{agent}/retrait               →  200 200 200 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /groupes/{groupe}/membres/{agent}/retrait              →  303 303 303 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 409
GET /groupes/{groupe}/reglages                              →  403 403 403 404 404 404 404 404 200 404 200
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 200
POST /groupes/{groupe}/reglages                             →  403 403 403 404 404 404 404 404 303 404 303
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 422
GET /groupes/{groupe}/reponses                              →  404 404 404 200 200 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /groupes/{groupe}/reponses                             →  404 404 404 303 303 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /groupes/{groupe}/reponses/{reponse}                    →  404 404 404 200 200 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /groupes/{groupe}/reponses/{reponse}                   →  404 404 404 303 303 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
POST /groupes/{groupe}/reponses/{reponse}/effacement        →  404 404 404 303 303 404 404 404 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /mandats/textes/{version}/mandat.css                   200 200 200 200 200 200 200 200 200 200 200 200
GET /demandes/papier                                        →  200 200 200 200 200 200 200 200 200 200 200
GET /demandes/papier.pdf                                    →  200 200 200 200 200 200 200 200 200 200 200
GET /connexion/proconnect                                  404 404 404 404 404 404 404 404 404 404 404 404
GET /connexion/proconnect/retour                           404 404 404 404 404 404 404 404 404 404 404 404
GET /mandats/bilingue/{langue}                              →  200 200 200 200 200 200 200 200 200 200 200
GET /mandats/bilingue/{langue}/mandat.pdf                   →  200 200 200 200 200 200 200 200 200 200 200
GET /mandats/vierge                                         →  200 200 200 200 200 200 200 200 200 200 200
GET /mandats/vierge.pdf                                     →  200 200 200 200 200 200 200 200 200 200 200
GET /mandats/vierge/{modele}                                →  200 200 200 200 200 200 200 200 200 200 200
GET /mandats/{cle}                                          →  200 200 404 200 200 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /mandats/{cle} · pdf                                    →  200 200 404 200 200 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /mandats/{cle}/attente                                 200 200 404 404 404 404 404 404 404 404 404 404
     ailleurs                                              200 404 404 404 404 404 404 404 404 404 404 404
GET /mandats/{cle}/texte                                    →  200 200 404 200 200 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /plan-du-site                                          200 200 200 200 200 200 200 200 200 200 200 200
GET /mentions-legales                                      200 200 200 200 200 200 200 200 200 200 200 200
POST /pieces-jointes                                       422 200 200 404 200 200 404 404 422 422 404 422
     ailleurs                                              422 404 404 404 404 404 404 404 404 404 404 422
GET /pieces-jointes/{piece}                                 →  200 200 404 200 200 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /pieces-jointes/{piece} · privée                        →  404 404 404 200 200 404 404 403 403 404 403
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 403
GET /quoi-de-neuf                                           →  200 200 200 200 200 200 200 200 200 200 200
POST /quoi-de-neuf                                          →  303 303 303 303 303 303 303 303 303 303 303
GET /photos                                                 →  200 200 200 200 200 200 200 200 200 200 200
POST /photos                                                →  303 303 404 303 303 404 404 422 422 404 422
GET /procedures                                              →  200 200 200 200 200 200 200 200 200 200 200
GET /profil                                                 →  200 200 200 200 200 200 200 200 200 200 200
POST /profil                                                →  303 303 303 303 303 303 303 303 303 303 303
GET /profil/notifications                                   →  200 200 200 200 200 200 200 200 200 200 200
POST /profil/notifications                                  →  303 303 303 303 303 303 303 303 303 303 303
POST /profil/deconnexions                                   →  303 303 303 303 303 303 303 303 303 303 303
GET /profil/session                                        303 303 303 303 303 303 303 303 303 303 303 303
POST /profil/session                                       303 303 303 303 303 303 303 303 303 303 303 303
GET /profil/donnees                                         →  200 200 200 200 200 200 200 200 200 200 200
GET /profil/donnees.json                                    →  200 200 200 200 200 200 200 200 200 200 200
GET /profil/donnees.txt                                     →  200 200 200 200 200 200 200 200 200 200 200
GET /profil/second-facteur                                  →  200 200 200 200 200 200 200 200 200 200 200
POST /profil/second-facteur                                 →  422 422 422 422 422 422 422 422 422 422 422
POST /profil/second-facteur/codes                           →  422 422 422 422 422 422 422 422 422 422 422
POST /profil/second-facteur/retrait                         →  422 422 422 422 422 422 422 422 422 422 422
POST /profil/sessions/{session}/fermeture                   →  303 404 404 404 404 404 404 404 404 404 404
     ailleurs                                               →  404 404 404 404 404 404 404 404 404 404 404
GET /reprise/{cle}                                          →  200 303 303 303 303 303 303 303 303 303 303
     ailleurs                                               →  303 303 303 303 303 303 303 303 303 303 303
POST /reprise/{cle}/abandon                                 →  303 303 303 303 303 303 303 303 303 303 303
     ailleurs                                               →  303 303 303 303 303 303 303 303 303 303 303
GET /sante                                                 200 200 200 200 200 200 200 200 200 200 200 200
GET /sante/metriques                                       404 404 404 404 404 404 404 404 404 404 404 404
GET /sante/pret                                            200 200 200 200 200 200 200 200 200 200 200 200
POST /sms/entrant                                          204 204 204 204 204 204 204 204 204 204 204 204
POST /courriels/rejets                                     204 204 204 204 204 204 204 204 204 204 204 204
GET /statistiques                                          200 200 200 200 200 200 200 200 200 200 200 200
GET /statistiques.csv                                      200 200 200 200 200 200 200 200 200 200 200 200
GET /statistiques.json                                     200 200 200 200 200 200 200 200 200 200 200 200
GET /statistiques/tableaux/{tableau}                       200 200 200 200 200 200 200 200 200 200 200 200
"""


def read_table() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(key, `ici` or `ailleurs`, role → cell) of every line. Raises ValueError for a line that is not well made."""
    roles, key = list(ROLES), ""
    for line in TABLE.strip().splitlines()[1:]:
        name, *cells = line.rsplit(maxsplit=len(roles))
        where = "ailleurs" if name.strip() == "ailleurs" else "ici"
        key = key if where == "ailleurs" else name.strip()
        if len(cells) != len(roles) or not all(cell == SIGN_IN or cell.isdecimal() for cell in cells):
            raise ValueError(f"not a line of the matrix: {line}")
        yield key, where, dict(zip(roles, cells, strict=True))


def write_line(key: str, where: str, cells: dict[str, str]) -> str:
    """A line of the table."""
    name = key if where == "ici" else "     ailleurs"
    return f"{name:<58} " + " ".join(f"{cell:^3}" for cell in cells.values())
