create index pieces_jointes_en_attente on pieces_jointes (uploaded_at)
    where verdict = 'en_attente' and erased_at is null;
