"""What must be true before an act, in SQL where :numero is the demande."""

JAMAIS = """
update agents set last_seen_at = null, invited_until = created_at
where id in (select m.agent from adhesions m join demandes d on d.groupe = m.groupe where d.numero = :numero
    and m.is_aidant and m.agent <> d.auteur)
"""
PARTI = """
update agents a set deactivated_at = created_at
where prenom = 'Anne' and exists (select from adhesions m join demandes d on d.groupe = m.groupe
    where m.agent = a.id and d.numero = :numero)
"""
ABSENCE = """
insert into absences (adhesion, debut_on, fin_on, declared_by, declared_at)
select m.id, '2026-11-24', '2026-12-04', m.agent, d.sent_at from adhesions m join demandes d on d.groupe = m.groupe
where d.numero = :numero and m.is_aidant
"""
CLOTUREE = "update demandes set closed_at = sent_at where numero = :numero"
EFFACEE = """
with faite as (
    update demandes set closed_at = sent_at, erased_at = sent_at, titre = '', description = '' where numero = :numero
    returning numero, sent_at
)
insert into effacements (demande, raison, begun_at, done_at) select numero, 'delai', sent_at, sent_at from faite
"""
SANS_MANDAT = """
update mandats set etat = 'revoque', revoked_at = recorded_at, revoked_by = recorded_by, revocation_motif = 'Retrait'
where demande = :numero
"""
TRAITEE = "update sollicitations set traitee_at = solicited_at, late_at = null where demande = :numero"
# What is sealed under the name of a file stands for its pictures: the door does not look inside.
DESSINEE = """
with dessinees as (
    update pieces_jointes set type_mime = 'image/jpeg', apercu = 'fait', pages = 1, vues = 1
    where demande = :numero and brouillon is null returning id, cle
)
insert into apercus (piece, page, largeur, hauteur, cle) select id, 1, 400, 200, cle from dessinees
on conflict do nothing
"""
VIGNETTE = DESSINEE.replace("id, 1, 400, 200", "id, 0, 96, 48")
PRIVE = "update messages set is_prive = true where demande = :numero and nature = 'reponse'"
DESSINEE_PRIVEE = DESSINEE.replace("with dessinees", f"with lue as ({PRIVE}), dessinees")
BLOCAGE = """
insert into blocages (id, sujet, organisme, departement, nombre, structures)
select 1, (select min(id) from sujets), g.organisme, d.departement, 6, 3
from demandes d join sollicitations s on s.demande = d.numero join groupes g on g.id = s.groupe
where d.numero = :numero order by s.id limit 1 on conflict do nothing
"""
# Of no demande: a file that leaves the store does not come back with the end of the transaction.
REQUETE = """
insert into requetes (id, nature, demandes, created_by)
select 1, 'effacement', '{}', (select min(id) from agents where is_administrateur)
from demandes d join departements p on p.id = d.departement and p.code = '22'
where d.numero = :numero on conflict do nothing
"""
# All is well: the worker beats, and no mail is late.
BAT = """
with partis as (update courriels set sent_at = created_at)
insert into battements (nom, at) select 'essai', timestamptz '2026-11-24 09:00+00'
"""
# What a page has shown is said by its form: these have shown nothing yet.
RIEN_DIT = "delete from paroles"
SIGNALEMENT = """
insert into signalements (id, demande, agent, raison, texte)
select 1000001, d.numero, d.auteur, 'autre', 'Un doute.' from demandes d
join departements p on p.id = d.departement and p.code = '22' where d.numero = :numero
"""
# Of the colleague of the demande’s author; elsewhere, nobody’s.
PERIMETRE = """
insert into perimetres (id, agent) select 1000001, a.id from agents a join adhesions m on m.agent = a.id
join demandes d on d.groupe = m.groupe where d.numero = :numero and a.prenom = 'Anne'
"""
TELEPHONE = """
insert into seconds_facteurs (agent, secret_scelle) select a.id, 'x' from agents a join adhesions m on m.agent = a.id
join demandes d on d.groupe = m.groupe where d.numero = :numero and a.prenom = 'Anne' on conflict do nothing
"""
VACANTE = """
with partie as (
    delete from adhesions m using demandes d where d.numero = :numero and m.agent = d.auteur and m.groupe = d.groupe
)
update demandes set vacante_at = sent_at where numero = :numero
"""
# The phone of everybody may try to add to an answer to this demande.
ATTENDUES = """
insert into photos_attendues (agent, formulaire, demande, code, expires_at)
select a.id, gen_random_uuid(), d.numero, '271828', d.sent_at + interval '99 years' from agents a, demandes d
where d.numero = :numero
"""
# Their author keeps a view of their list.
VUE_GARDEE = """
insert into vues_enregistrees (id, agent, liste, nom, filtres)
select 1000001, auteur, 'miennes', 'Urgentes', 'urgentes=1' from demandes where numero = :numero on conflict do nothing
"""
# A maintenance of years to come: no page of the visits that follow announces it.
MAINTENANCE = """
insert into maintenances (id, cle, genre, from_at, until_at, created_by)
select 1000001, '00000000-0000-4000-8000-000000000001', 'lecture', timestamptz '2036-01-07 20:00+01',
    timestamptz '2036-01-07 22:00+01', (select min(id) from agents where is_administrateur)
from demandes where numero = :numero on conflict do nothing
"""
# A band of days gone by: no page of the visits that follow shows it.
BANDEAU = """
insert into bandeaux (id, cle, texte, audience, du_on, au_on, created_by)
select 1000001, '00000000-0000-4000-8000-000000000001', 'Panne.', 'aidants', date '2020-01-01', date '2020-01-02',
    (select min(id) from agents where is_administrateur)
from demandes where numero = :numero on conflict do nothing
"""
