-- Who may do what in which business. A user may belong to several. business_user.business_id stays as long as servers of
-- the release before may run; what they write reaches the new table by a trigger.
CREATE TABLE business_member (
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    user_id     text COLLATE "C" NOT NULL REFERENCES business_user,
    role        text        NOT NULL CHECK (role IN ('owner', 'member', 'viewer')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, user_id)
);
CREATE INDEX business_member_by_user ON business_member (user_id);

CREATE FUNCTION business_user_is_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO business_member (business_id, user_id, role) VALUES (NEW.business_id, NEW.id, 'owner')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER business_user_made AFTER INSERT ON business_user
    FOR EACH ROW EXECUTE FUNCTION business_user_is_owner();

INSERT INTO business_member (business_id, user_id, role, created_at)
SELECT business_id, id, 'owner', created_at FROM business_user
ON CONFLICT DO NOTHING;

-- A link works once; only the hash of what stands in it is kept.
CREATE TABLE business_invitation (
    id          text COLLATE "C" PRIMARY KEY,
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    email       text        NOT NULL CHECK (email = lower(email)),
    role        text        NOT NULL CHECK (role IN ('owner', 'member', 'viewer')),
    hash        bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    created_by  text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    UNIQUE (business_id, email)
);
CREATE INDEX business_invitation_by_end ON business_invitation (expires_at);
