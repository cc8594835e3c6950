-- Who called with a key. At most so many rows for each key and day (usage.maxCallersPerKey); what does not fit is
-- counted in the row whose origin and route are empty, one for each agent.
CREATE TABLE key_caller_day (
    key_id        text COLLATE "C" NOT NULL,
    day           date        NOT NULL,
    agent         text        NOT NULL,
    origin        text COLLATE "C" NOT NULL,
    route         text COLLATE "C" NOT NULL,
    count         bigint      NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    PRIMARY KEY (key_id, day, agent, origin, route)
) WITH (fillfactor = 70);
CREATE INDEX key_caller_day_by_day ON key_caller_day (day);
