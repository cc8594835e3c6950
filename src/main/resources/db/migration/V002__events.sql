-- Analytics events, in day partitions by the time they happened.

CREATE TABLE person (
    id          text COLLATE "C" NOT NULL,
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id)
);

CREATE TABLE event (
    id             text COLLATE "C" NOT NULL,
    business_id    text COLLATE "C" NOT NULL,
    event_type     text COLLATE "C" NOT NULL,
    occurred_at    timestamptz      NOT NULL,
    received_at    timestamptz      NOT NULL,
    -- What the client said, before the correction of its clock.
    raw_timestamp  text,
    message_id     text COLLATE "C",
    device_id      text COLLATE "C",
    session_id     text COLLATE "C",
    person_id      text COLLATE "C",
    anonymous_id   text COLLATE "C",
    key_id         text COLLATE "C" NOT NULL,
    origin         text,
    client_address text,
    -- The reserved members that only describe the browser, and everything else that came with the event.
    context        jsonb            NOT NULL,
    properties     jsonb            NOT NULL,
    -- An event keeps its id and its time when it is sent again after a lost reply: it conflicts with itself.
    PRIMARY KEY (business_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX event_by_type ON event (business_id, event_type, occurred_at, id);
CREATE INDEX event_by_person ON event (business_id, person_id, occurred_at, id) WHERE person_id IS NOT NULL;
CREATE INDEX event_by_device ON event (business_id, device_id, occurred_at, id) WHERE device_id IS NOT NULL;
CREATE INDEX event_by_session ON event (business_id, session_id, occurred_at, id) WHERE session_id IS NOT NULL;

-- Rows here mean that partitions were not made ahead; a gauge alarms, nothing is lost.
CREATE TABLE event_default PARTITION OF event DEFAULT;

-- The message ids of the last days. Apart from the events, because a unique index on a partitioned table would have to
-- contain the day and would let a replay through at midnight.
CREATE TABLE event_message (
    business_id text COLLATE "C" NOT NULL,
    message_id  text COLLATE "C" NOT NULL,
    event_id    text COLLATE "C" NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, message_id)
);
CREATE INDEX event_message_by_time ON event_message (received_at);

-- Makes the partition of one day; rows that waited in the default partition move into it.
CREATE FUNCTION event_make_partition(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name     text        := 'event_' || to_char(day, 'YYYYMMDD');
    midnight timestamptz := day::timestamp AT TIME ZONE 'UTC';
    next     timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
    -- Several pods may find the partition missing at once.
    PERFORM pg_advisory_xact_lock(hashtextextended('event_make_partition', 0));
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    -- Whoever reads the default partition queues behind this lock while it waits; another run may be luckier.
    PERFORM set_config('lock_timeout', '1s', true);
    -- Without it a row might arrive between the move and the attachment, which would then fail.
    LOCK TABLE event_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format(
        'WITH moved AS (DELETE FROM event_default WHERE occurred_at >= %1$L AND occurred_at < %2$L RETURNING *)'
        ' INSERT INTO %3$I SELECT * FROM moved',
        midnight, next, name);
    EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, midnight, next);
END $$;

-- Drops the partition of one day, and its events with it.
CREATE FUNCTION event_drop_partition(day date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Every write of an event queues behind this lock while it waits; another run may be luckier.
    PERFORM set_config('lock_timeout', '200ms', true);
    EXECUTE format('DROP TABLE IF EXISTS %I', 'event_' || to_char(day, 'YYYYMMDD'));
END $$;

-- The days that have a partition.
CREATE VIEW event_day AS
    SELECT to_date(right(part.relname, 8), 'YYYYMMDD') AS day
    FROM pg_inherits
    JOIN pg_class part ON part.oid = pg_inherits.inhrelid
    WHERE pg_inherits.inhparent = 'event'::regclass AND part.relname ~ '^event_\d{8}$';
