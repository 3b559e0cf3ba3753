"""`/mandats` and `/demandes/{numero}/mandat`: the paper, the proof, what can be done with it (product §8)."""

from app.routes.mandats import bilingues, demande, documents, preuve

ROUTES = [*documents.ROUTES, *bilingues.ROUTES, *preuve.ROUTES, *demande.ROUTES]
