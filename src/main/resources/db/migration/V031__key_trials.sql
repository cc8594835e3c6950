-- Restrictions of a key on trial: requests that they would refuse are served and counted. Null if there are none.
ALTER TABLE api_key ADD COLUMN trial jsonb;

-- What they would have refused, in the form of key_refusal_day, and in a table of its own so that it is never taken for
-- a refusal.
CREATE TABLE key_trial_day (
    key_id        text COLLATE "C" NOT NULL,
    day           date        NOT NULL,
    reason        text        NOT NULL,
    subject       text COLLATE "C" NOT NULL,
    route         text COLLATE "C" NOT NULL,
    count         bigint      NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    PRIMARY KEY (key_id, day, reason, subject, route)
) WITH (fillfactor = 70);
CREATE INDEX key_trial_day_by_day ON key_trial_day (day);
