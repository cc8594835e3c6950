-- Who is signed in to the dashboard. The cookie holds a secret of 256 bits; only its hash is kept.
CREATE TABLE dashboard_session (
    id           text COLLATE "C" PRIMARY KEY,
    hash         bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    user_id      text COLLATE "C" NOT NULL REFERENCES business_user ON DELETE CASCADE,
    business_id  text COLLATE "C" NOT NULL REFERENCES business,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    address      text        NOT NULL,
    agent        text        NOT NULL
);
CREATE INDEX dashboard_session_by_user ON dashboard_session (user_id);
CREATE INDEX dashboard_session_by_end ON dashboard_session (expires_at);
