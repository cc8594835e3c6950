-- Keys that a file describes, and what was applied last of each file.
ALTER TABLE api_key ADD COLUMN managed_by text COLLATE "C";
CREATE INDEX api_key_managed ON api_key (business_id, managed_by) WHERE managed_by IS NOT NULL;

CREATE TABLE key_file (
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    name        text COLLATE "C" NOT NULL,
    generation  bigint,
    digest      text        NOT NULL CHECK (length(digest) = 64),
    applied_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, name)
);
