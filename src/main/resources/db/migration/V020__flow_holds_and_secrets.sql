-- Steps that are held, secrets that sign until an end of their own, and what went wrong with a webhook last.

-- A receiver that asks for a pause, or wants no more, holds its step: nothing of it is sent before then. Infinity is until
-- an operator lets it go on.
ALTER TABLE flow_step
    ADD COLUMN held_until timestamptz,
    ADD COLUMN held_fault text;
CREATE INDEX flow_step_held ON flow_step (business_id, flow_id, position) WHERE held_until IS NOT NULL;

ALTER TABLE flow_delivery ADD COLUMN failed_at timestamptz;
UPDATE flow_delivery SET failed_at = coalesce(dead_at, tried_since, now()) WHERE fault IS NOT NULL;
CREATE INDEX flow_delivery_failed ON flow_delivery (business_id, flow_id, failed_at DESC, id DESC) WHERE fault IS NOT NULL;
-- What is held is not looked at, however much it is.
CREATE INDEX flow_delivery_due_by_step ON flow_delivery (business_id, flow_id, step, due_at) WHERE dead_at IS NULL;

-- Secrets before the last rotations. The columns of flow go on holding the last of them, for servers of the version before.
CREATE TABLE flow_old_secret (
    business_id text COLLATE "C" NOT NULL,
    flow_id     text COLLATE "C" NOT NULL,
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    secret      text        NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (business_id, flow_id, id),
    FOREIGN KEY (business_id, flow_id) REFERENCES flow ON DELETE CASCADE
);
INSERT INTO flow_old_secret (business_id, flow_id, secret, expires_at)
SELECT business_id, id, previous_secret, previous_secret_until FROM flow WHERE previous_secret_until > now();
