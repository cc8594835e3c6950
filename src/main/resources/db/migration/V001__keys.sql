-- Businesses, their users, their keys, and how every pod learns of a change of a key.

CREATE TABLE business (
    id         text COLLATE "C" PRIMARY KEY,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE business_user (
    id            text COLLATE "C" PRIMARY KEY,
    business_id   text COLLATE "C" NOT NULL REFERENCES business,
    email         text        NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_key (
    id                   text COLLATE "C" PRIMARY KEY,
    business_id          text COLLATE "C" NOT NULL REFERENCES business,
    tier                 text        NOT NULL CHECK (tier IN ('pk', 'sk')),
    name                 text        NOT NULL,
    description          text,
    hash                 bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    prefix               text        NOT NULL,
    suffix               text        NOT NULL,
    -- A public key is no secret and can be shown again; a secret key is never stored readable.
    readable             text        CHECK (tier = 'pk' OR readable IS NULL),
    scopes               text[]      NOT NULL,
    allowed_origins      text[]      NOT NULL DEFAULT '{}' CHECK (tier = 'pk' OR allowed_origins = '{}'),
    allow_missing_origin boolean     NOT NULL DEFAULT false,
    allowed_ips          text[]      NOT NULL DEFAULT '{}' CHECK (tier = 'sk' OR allowed_ips = '{}'),
    rate_limit           integer     CHECK (rate_limit > 0),
    rate_window_seconds  integer     CHECK (rate_window_seconds > 0),
    expires_at           timestamptz,
    status               text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'revoked')),
    created_at           timestamptz NOT NULL DEFAULT now(),
    created_by           text,
    rotated_from         text COLLATE "C",
    rotated_to           text COLLATE "C",
    version              bigint      NOT NULL,
    CHECK ((rate_limit IS NULL) = (rate_window_seconds IS NULL))
);
CREATE INDEX api_key_by_business ON api_key (business_id, created_at, id);
CREATE INDEX api_key_by_version ON api_key (version);

-- One row. Its lock is held to the end of every transaction that changes keys, so versions commit in order and a
-- snapshot that sees version n sees every change up to n.
CREATE TABLE key_version (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    version   bigint NOT NULL
);
INSERT INTO key_version (version) VALUES (0);

CREATE TABLE key_tombstone (
    hash       bytea PRIMARY KEY,
    version    bigint      NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX key_tombstone_by_version ON key_tombstone (version);

-- One version for each statement, however many rows it changes: an import of a million keys bumps the counter once.
CREATE FUNCTION key_version_bump() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bumped bigint;
BEGIN
    UPDATE key_version SET version = version + 1 RETURNING version INTO bumped;
    PERFORM set_config('quotient.key_version', bumped::text, true);
    PERFORM pg_notify('quotient_key', bumped::text);
    RETURN NULL;
END $$;

CREATE FUNCTION key_version_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO key_tombstone (hash, version)
        VALUES (OLD.hash, current_setting('quotient.key_version')::bigint)
        ON CONFLICT (hash) DO UPDATE SET version = excluded.version, deleted_at = now();
        RETURN OLD;
    END IF;
    NEW.version := current_setting('quotient.key_version')::bigint;
    RETURN NEW;
END $$;

CREATE TRIGGER api_key_bump BEFORE INSERT OR UPDATE OR DELETE ON api_key
    FOR EACH STATEMENT EXECUTE FUNCTION key_version_bump();
CREATE TRIGGER api_key_stamp BEFORE INSERT OR UPDATE OR DELETE ON api_key
    FOR EACH ROW EXECUTE FUNCTION key_version_stamp();

-- Every pod holds the name of the business beside each key.
CREATE FUNCTION business_touch_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE api_key SET business_id = business_id WHERE business_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER business_renamed AFTER UPDATE OF name ON business
    FOR EACH ROW EXECUTE FUNCTION business_touch_keys();

-- The running servers: how many share a rate limit, and which change of a key each has applied.
CREATE TABLE pod (
    id              text COLLATE "C" PRIMARY KEY,
    started_at      timestamptz NOT NULL DEFAULT now(),
    heartbeat_at    timestamptz NOT NULL DEFAULT now(),
    applied_version bigint      NOT NULL
);

-- Usage is written often and must not wake anybody: it has tables of its own, without a trigger.
CREATE TABLE key_usage (
    key_id       text COLLATE "C" PRIMARY KEY,
    last_used_at timestamptz NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE key_usage_day (
    key_id  text COLLATE "C" NOT NULL,
    day     date   NOT NULL,
    outcome text   NOT NULL,
    count   bigint NOT NULL,
    PRIMARY KEY (key_id, day, outcome)
) WITH (fillfactor = 70);
CREATE INDEX key_usage_day_by_day ON key_usage_day (day);

CREATE TABLE key_audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    business_id text COLLATE "C" NOT NULL,
    key_id      text COLLATE "C" NOT NULL,
    action      text NOT NULL,
    actor       text NOT NULL,
    source      text NOT NULL,
    before      jsonb,
    after       jsonb
);
CREATE INDEX key_audit_by_key ON key_audit (business_id, key_id, id);

CREATE FUNCTION key_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'key_audit is append-only';
END $$;
CREATE TRIGGER key_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON key_audit
    FOR EACH STATEMENT EXECUTE FUNCTION key_audit_is_append_only();
