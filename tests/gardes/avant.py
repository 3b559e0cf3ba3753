"""What must be true of the people of a groupe before an act on them, in SQL where :numero is the demande."""

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
