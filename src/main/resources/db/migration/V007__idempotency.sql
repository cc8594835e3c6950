-- The answers to requests with an Idempotency-Key, so that a repeated one is answered and not done again.

CREATE TABLE idempotency (
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    -- A name that any visitor of a page may use must not block one that a server uses.
    tier        text        NOT NULL CHECK (tier IN ('pk', 'sk')),
    key         text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea       NOT NULL,
    -- Who runs the request, so that one whose lease is over changes nothing any more.
    claim       bigint      NOT NULL,
    -- The end of the lease while the request runs, then that of the answer.
    expires_at  timestamptz NOT NULL,
    -- Null while the request runs.
    status      integer,
    body        bytea,
    PRIMARY KEY (business_id, tier, key),
    CHECK ((status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotency_by_end ON idempotency (expires_at);
