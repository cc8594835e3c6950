-- Uses of the last days by hour, and what was refused. Written in batches like the counts by day.
CREATE TABLE key_usage_hour (
    key_id  text COLLATE "C" NOT NULL,
    hour    timestamptz NOT NULL,
    outcome text        NOT NULL,
    count   bigint      NOT NULL,
    PRIMARY KEY (key_id, hour, outcome)
) WITH (fillfactor = 70);
CREATE INDEX key_usage_hour_by_hour ON key_usage_hour (hour);

-- At most so many rows for each key and day (usage.maxRefusalsPerKey); what does not fit is counted in the row whose
-- subject and route are empty, one for each reason.
CREATE TABLE key_refusal_day (
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
CREATE INDEX key_refusal_day_by_day ON key_refusal_day (day);
