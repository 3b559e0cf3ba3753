"""What the three lists read of all their demandes at once: a list of two thousand opens each table once."""

# The demandes of `perimetre`, put in order once: each table would put them in order again.
CLES = """
cles as materialized (select array(select demande from perimetre order by demande) as numeros),
"""
# Every part of these, for who is judged on all of them.
PARTS = """
parts as (select * from sollicitations where demande = any ((select numeros from cles)::bigint[])),
"""

# What bilan_parts says of one demande, said of many, from `parts` (`repondu_at`: the oldest last answer of the open
# ones, which says whose turn it is). Every list names `:groupe` and `:now` here, used or not, to be asked alike.
BILANS = """
bilans as (
    select demande, bool_or(groupe = :groupe::integer) as is_du_groupe,
        bool_or(is_part_ouverte(traitee_at, declinee_at)) as is_ouverte,
        bool_and(traitee_at is not null) filter (where declinee_at is null) as is_traitee,
        min(coalesce(replied_at, '-infinity')) filter (where is_part_ouverte(traitee_at, declinee_at)) as repondu_at,
        min(late_at) as late_at, max(solicited_at) as solicited_at,
        bool_or(taken_by = :agent) as is_mienne, coalesce(bool_or(taken_by <> :agent), false) as is_prise
    from parts
    group by demande
),
"""

# What the demandes of `perimetre` are, what their parts say together, and up to when they were read: each table is read
# in the order of its index. Nothing is in `bilans` and `lus` but what is in `faits`: a full join gives the rows of a
# left one, and is never made row by row, however few rows PostgreSQL expects (two thousand cost half as much again).
ENSEMBLE = """
faits as (
    select numero, departement, groupe, auteur, urgence is not null as is_urgente, sent_at, closed_at, last_aidant_at,
        last_prive_at, last_public_at
    from demandes where numero = any ((select numeros from cles)::bigint[])
),
lus as (
    select demande, last_at, non_lue_at
    from lectures where agent = :agent and demande = any ((select numeros from cles)::bigint[])
),
ensemble as (
    select d.*, x.is_du_groupe, coalesce(x.is_ouverte, false) as is_ouverte, x.is_traitee, x.late_at, x.solicited_at,
        coalesce(x.is_mienne, false) as is_a_moi, x.is_prise,
        coalesce(x.is_ouverte and x.late_at < :now::timestamptz, false) as is_late,
        v.lu_at, v.lu_at is null and d.auteur <> :agent as is_nouvelle,
        case when x.is_ouverte then tour_part(null, null, x.repondu_at, d.last_aidant_at) else 'aidant' end as tour,
        i.invited_at, i.qualite
    from faits d
    full join bilans x on x.demande = d.numero
    full join lus l on l.demande = d.numero
    left join invitations i on i.demande = d.numero and i.agent = :agent
    cross join lateral (select lu_jusqu_a(l.last_at, l.non_lue_at, d.sent_at) as lu_at) v
),
"""
