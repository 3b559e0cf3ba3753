-- The schema of tables.py, frozen as of this migration; what Piccolo cannot say stands beside its table.

create table organismes (
    id serial primary key,
    code varchar(40) unique not null default '',
    sigle varchar(40) not null default '',
    nom varchar(200) not null default '',
    description text not null default '',
    is_aidant boolean not null default false,
    is_nir_autorise boolean not null default false,
    champs varchar(40)[] not null default '{}',
    themes varchar(40)[] not null default '{}'
);

create table themes (
    id serial primary key,
    code varchar(40) unique not null default '',
    rang smallint not null default 0,
    nom varchar(80) not null default '',
    description text not null default ''
);

create table sujets (
    id serial primary key,
    code varchar(80) unique not null default '',
    theme integer not null references themes on delete restrict,
    rang smallint not null default 0,
    nom varchar(200) not null default '',
    organismes varchar(40)[] not null default '{}',
    documents text[] not null default '{}',
    essayez text not null default ''
);
create index sujets_theme on sujets (theme);

create table departements (
    id serial primary key,
    code varchar(3) unique not null default '',
    nom varchar(80) not null default '',
    du varchar(90) not null default '',
    fuseau varchar(40) not null default '',
    calendrier varchar(8) not null default ''
);

create table groupes (
    id serial primary key,
    nom varchar(200) unique not null default '',
    organisme integer not null references organismes on delete restrict,
    description text not null default '',
    bal varchar(254),
    created_at timestamptz not null default current_timestamp,
    deactivated_at timestamptz
);
create index groupes_organisme on groupes (organisme);

create table couvertures (
    id serial primary key,
    groupe integer not null references groupes on delete cascade,
    departement integer not null references departements on delete restrict
);
create unique index couvertures_une on couvertures (groupe, departement);
create index couvertures_departement on couvertures (departement);

create table agents (
    id serial primary key,
    email varchar(254) unique not null default '',
    prenom varchar(80) not null default '',
    nom varchar(80) not null default '',
    fonction varchar(120) not null default '',
    telephone varchar(20) not null default '',
    departement integer not null references departements on delete restrict,
    is_collectif boolean not null default false,
    is_expert boolean not null default false,
    is_administrateur boolean not null default false,
    notification varchar(20) not null default 'immediate',
    cgu_version varchar(20),
    cgu_accepted_at timestamptz,
    created_at timestamptz not null default current_timestamp,
    last_seen_at timestamptz,
    deactivated_at timestamptz
);

create table adhesions (
    id serial primary key,
    agent integer not null references agents on delete cascade,
    groupe integer not null references groupes on delete cascade,
    is_aidant boolean not null default false,
    is_instructeur boolean not null default false,
    is_responsable boolean not null default false,
    created_at timestamptz not null default current_timestamp
);
create unique index adhesions_une on adhesions (agent, groupe);
create index adhesions_agent on adhesions (agent);
create index adhesions_groupe on adhesions (groupe);

create table perimetres (
    id serial primary key,
    agent integer not null references agents on delete cascade,
    organisme integer references organismes on delete restrict,
    departement integer references departements on delete restrict
);
create index perimetres_agent on perimetres (agent);

create table sessions (
    id bigserial primary key,
    cle varchar(64) unique not null default '',
    agent integer not null references agents on delete cascade,
    created_at timestamptz not null default current_timestamp,
    last_seen_at timestamptz not null default current_timestamp,
    expires_at timestamptz not null default current_timestamp,
    is_durable boolean not null default false,
    navigateur varchar(80) not null default '',
    signature varchar(200) not null default ''
);
create index sessions_agent on sessions (agent);

create table liens (
    id bigserial primary key,
    agent integer not null references agents on delete cascade,
    jeton varchar(64) unique not null default '',
    code varchar(64) not null default '',
    navigateur varchar(64) not null default '',
    destination varchar(500) not null default '/',
    is_durable boolean not null default false,
    created_at timestamptz not null default current_timestamp,
    expires_at timestamptz not null default current_timestamp,
    used_at timestamptz,
    wrong_codes smallint not null default 0
);
create index liens_recents on liens (agent, created_at desc);
create index liens_agent on liens (agent);

create table tentatives (
    id bigserial primary key,
    nature varchar(40) not null default '',
    empreinte varchar(64) not null default '',
    at timestamptz not null default current_timestamp
);
create index tentatives_recentes on tentatives (nature, empreinte, at);

create table posts_scelles (
    id uuid primary key default gen_random_uuid(),
    agent integer not null references agents on delete cascade,
    chemin varchar(500) not null default '',
    corps_scelle bytea not null default '',
    created_at timestamptz not null default current_timestamp,
    expires_at timestamptz not null default current_timestamp
);
create index posts_scelles_agent on posts_scelles (agent);

create table demandes (
    numero bigserial primary key,
    formulaire uuid unique not null default gen_random_uuid(),
    auteur integer not null references agents on delete restrict,
    signature varchar(200) not null default '',
    groupe integer not null references groupes on delete restrict,
    departement integer not null references departements on delete restrict,
    sujet integer references sujets on delete restrict,
    titre varchar(150) not null default '',
    description text not null default '',
    urgence varchar(20),
    urgence_precision varchar(200) not null default '',
    usager_prenom varchar(200) not null default '',
    usager_nom varchar(200) not null default '',
    usager_naissance varchar(100) not null default '',
    usager_empreinte varchar(64),
    repere text not null default '',
    sent_at timestamptz not null default current_timestamp,
    last_aidant_at timestamptz not null default current_timestamp,
    last_public_at timestamptz not null default current_timestamp,
    last_prive_at timestamptz not null default current_timestamp,
    closed_at timestamptz,
    closed_by integer references agents on delete restrict,
    erased_at timestamptz
);
create index demandes_ouvertes on demandes (auteur, last_public_at desc) where closed_at is null;
-- Mes demandes, closed ones included, until their personal data go.
create index demandes_non_effacees on demandes (auteur) where erased_at is null;
create index demandes_du_groupe on demandes (groupe, sent_at desc);
create index demandes_usager on demandes (usager_empreinte) where closed_at is null;
create index demandes_a_effacer on demandes (closed_at) where closed_at is not null and erased_at is null;
alter table demandes add constraint demandes_urgence check (urgence in ('coupure', 'expulsion', 'sans_ressources', 'sante', 'autre'));
create index demandes_auteur on demandes (auteur);
create index demandes_groupe on demandes (groupe);

create table usager_informations (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    nature varchar(40) not null default '',
    libelle varchar(120) not null default '',
    valeur_scellee bytea not null default '',
    empreinte varchar(64),
    added_by integer not null references agents on delete restrict,
    added_at timestamptz not null default current_timestamp
);
create index usager_informations_demande on usager_informations (demande);

create table sollicitations (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    groupe integer not null references groupes on delete restrict,
    solicited_by integer references agents on delete restrict,
    solicited_at timestamptz not null default current_timestamp,
    opened_at timestamptz,
    taken_by integer references agents on delete restrict,
    taken_at timestamptz,
    first_answered_at timestamptz,
    answered_at timestamptz,
    replied_at timestamptz,
    traitee_at timestamptz,
    declinee_at timestamptz,
    is_procedure boolean not null default false,
    late_at timestamptz,
    closed_at timestamptz
);
create unique index sollicitations_une on sollicitations (demande, groupe);
-- The working set of a groupe: what its lists and counters read, however old the base is.
create index sollicitations_vivantes on sollicitations (groupe, late_at) where closed_at is null;
-- What a groupe was ever asked: its search, and who may read what.
create index sollicitations_du_groupe on sollicitations (groupe, demande);
-- The usual first-answer delay of a groupe, read by the form of a new demande: 90 days, without touching the rows.
create index sollicitations_recentes on sollicitations (groupe, solicited_at) include (first_answered_at);
create index sollicitations_en_retard on sollicitations (late_at) where late_at is not null;
alter table sollicitations add constraint sollicitations_une_fin check (traitee_at is null or declinee_at is null);
alter table sollicitations add constraint sollicitations_echeance
    check (late_at is null or (traitee_at is null and declinee_at is null and closed_at is null));

create table invitations (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    agent integer not null references agents on delete cascade,
    qualite varchar(20) not null default '',
    invited_by integer references agents on delete restrict,
    invited_at timestamptz not null default current_timestamp
);
create unique index invitations_une on invitations (demande, agent);
alter table invitations add constraint invitations_qualite check (qualite in ('collegue', 'instructeur', 'expert'));
create index invitations_agent on invitations (agent);

create table lectures (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    agent integer not null references agents on delete cascade,
    first_at timestamptz not null default current_timestamp,
    last_at timestamptz not null default current_timestamp
);
create unique index lectures_une on lectures (demande, agent);
create index lectures_agent on lectures (agent);

create table messages (
    id bigserial primary key,
    demande bigint not null references demandes on delete cascade,
    cle uuid not null default gen_random_uuid(),
    auteur integer references agents on delete restrict,
    groupe integer references groupes on delete restrict,
    signature varchar(200) not null default '',
    cote varchar(20) not null default '',
    nature varchar(20) not null default '',
    texte text not null default '',
    is_prive boolean not null default false,
    is_procedure boolean not null default false,
    groupes_invites integer[] not null default '{}',
    agents_invites integer[] not null default '{}',
    repere text not null default '',
    sent_at timestamptz not null default current_timestamp
);
create unique index messages_un on messages (demande, cle);
create index messages_fil on messages (demande, sent_at, id);

create table reponses (
    id serial primary key,
    groupe integer not null references groupes on delete cascade,
    titre varchar(120) not null default '',
    texte text not null default '',
    created_by integer not null references agents on delete restrict,
    created_at timestamptz not null default current_timestamp
);
create index reponses_groupe on reponses (groupe);

create table brouillons (
    id uuid primary key default gen_random_uuid(),
    agent integer not null references agents on delete cascade,
    demande bigint references demandes on delete cascade,
    contenu_scelle bytea not null default '',
    is_waiting_for_sms boolean not null default false,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp
);
create index brouillons_agent on brouillons (agent);
create index brouillons_updated_at on brouillons (updated_at);

create table pieces_jointes (
    id uuid primary key default gen_random_uuid(),
    brouillon uuid,
    demande bigint references demandes on delete cascade,
    message bigint references messages on delete cascade,
    uploaded_by integer not null references agents on delete restrict,
    nom varchar(150) not null default '',
    type_mime varchar(100) not null default '',
    taille integer not null default 0,
    cle varchar(80) unique not null default '',
    verdict varchar(20) not null default 'non_analyse',
    uploaded_at timestamptz not null default current_timestamp,
    expires_at timestamptz not null default current_timestamp,
    warned_at timestamptz,
    erased_at timestamptz
);
create index pieces_jointes_brouillon on pieces_jointes (brouillon);
create index pieces_jointes_demande on pieces_jointes (demande);
create index pieces_jointes_message on pieces_jointes (message);
create index pieces_jointes_uploaded_by on pieces_jointes (uploaded_by, uploaded_at);
create index pieces_jointes_expires_at on pieces_jointes (expires_at) where erased_at is null;

create table mandats (
    id uuid primary key default gen_random_uuid(),
    demande bigint references demandes on delete cascade,
    brouillon uuid,
    nature varchar(20) not null default '',
    etat varchar(20) not null default '',
    version varchar(20) not null default '',
    empreinte varchar(64) not null default '',
    attestation text not null default '',
    donne_on date,
    contexte_scelle bytea,
    structure varchar(200) not null default '',
    recorded_by integer not null references agents on delete restrict,
    recorded_at timestamptz not null default current_timestamp,
    ends_at timestamptz,
    revoked_at timestamptz,
    revoked_by integer references agents on delete restrict,
    revocation_motif text not null default ''
);
create index mandats_demande on mandats (demande);
create index mandats_brouillon on mandats (brouillon);

create table sms (
    id uuid primary key default gen_random_uuid(),
    mandat uuid references mandats on delete cascade,
    sens varchar(10) not null default '',
    numero_empreinte varchar(64) not null default '',
    contenu_scelle bytea not null default '',
    fournisseur_id varchar(100) unique,
    sent_by integer references agents on delete restrict,
    created_at timestamptz not null default current_timestamp,
    due_at timestamptz,
    claimed_until timestamptz,
    attempts smallint not null default 0,
    done_at timestamptz,
    failed_at timestamptz
);
create index sms_a_envoyer on sms (due_at) where done_at is null and failed_at is null;
create index sms_mandat on sms (mandat);
create index sms_numero_empreinte on sms (numero_empreinte);

create table courriels (
    id uuid primary key default gen_random_uuid(),
    fait varchar(40) not null default '',
    agent integer references agents on delete cascade,
    adresse varchar(254) not null default '',
    demande bigint references demandes on delete cascade,
    contexte_scelle bytea,
    priorite smallint not null default 5,
    created_at timestamptz not null default current_timestamp,
    due_at timestamptz not null default current_timestamp,
    claimed_until timestamptz,
    attempts smallint not null default 0,
    sent_at timestamptz,
    failed_at timestamptz,
    erreur varchar(200) not null default ''
);
create index courriels_a_envoyer on courriels (priorite, due_at) where sent_at is null and failed_at is null;
create index courriels_agent on courriels (agent);
create index courriels_demande on courriels (demande);

create table journal (
    id bigserial primary key,
    at timestamptz not null default current_timestamp,
    fait varchar(60) not null default '',
    agent integer,
    demande bigint,
    groupe integer,
    details jsonb not null default '{}',
    sceau varchar(64)
);
create index journal_a_sceller on journal (id) where sceau is null;

-- Append-only: a line may only receive its sceau, once, and leave after twelve months.
create function journal_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.at < now() - interval '12 months' then return old; end if;
    elsif old.sceau is null and new.sceau is not null
        and (old.id, old.at, old.fait, old.agent, old.demande, old.groupe, old.details)
            is not distinct from (new.id, new.at, new.fait, new.agent, new.demande, new.groupe, new.details) then
        return new;
    end if;
    raise exception 'the journal is append-only';
end $$;
create trigger journal_append_only before update or delete on journal
    for each row execute function journal_append_only();
create index journal_at on journal (at);
create index journal_demande on journal (demande);

create table satisfactions (
    id uuid primary key default gen_random_uuid(),
    mois_on date not null default CURRENT_date,
    organisme integer not null references organismes on delete restrict,
    departement integer not null references departements on delete restrict,
    note smallint not null default 0,
    commentaire text not null default ''
);

create table battements (
    id serial primary key,
    nom varchar(40) unique not null default '',
    at timestamptz not null default current_timestamp
);
