-- Flows, the people in them, and the outbox of their webhooks.

CREATE TABLE flow (
    id                    text COLLATE "C" NOT NULL,
    business_id           text COLLATE "C" NOT NULL REFERENCES business,
    name                  text        NOT NULL,
    trigger_type          text        NOT NULL CHECK (trigger_type IN ('PROGRAMMATIC', 'MANUAL')),
    active                boolean     NOT NULL DEFAULT true,
    -- Only people of this list may enter. No foreign key: of a list that was deleted nobody is a member.
    segment_list_id       text COLLATE "C",
    -- Readable, because a signature is made with it.
    secret                text        NOT NULL,
    -- Signs beside the other one for a while after a rotation.
    previous_secret       text,
    previous_secret_until timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id),
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
);
CREATE INDEX flow_by_age ON flow (business_id, created_at, id);

-- What happens to everybody in a flow, in order. Steps do not change once they are made.
CREATE TABLE flow_step (
    business_id text COLLATE "C" NOT NULL,
    flow_id     text COLLATE "C" NOT NULL,
    position    integer NOT NULL CHECK (position > 0),
    wait_millis bigint  CHECK (wait_millis >= 0),
    webhook_url text,
    PRIMARY KEY (business_id, flow_id, position),
    FOREIGN KEY (business_id, flow_id) REFERENCES flow ON DELETE CASCADE,
    CHECK ((wait_millis IS NULL) <> (webhook_url IS NULL))
);

-- The next webhook of a flow behind a position, and how long to wait for it in between.
CREATE FUNCTION flow_next_webhook(of_business text, of_flow text, behind integer)
RETURNS TABLE (step integer, pause interval) LANGUAGE sql STABLE AS $$
    SELECT webhook.position, (
        SELECT coalesce(sum(wait_millis), 0) * interval '1 millisecond' FROM flow_step
        WHERE business_id = of_business AND flow_id = of_flow AND position > behind AND position < webhook.position)
    FROM flow_step webhook
    WHERE business_id = of_business AND flow_id = of_flow AND position > behind AND webhook_url IS NOT NULL
    ORDER BY position
    LIMIT 1
$$;

-- Each person enters a flow once; that is what the primary key is for.
CREATE TABLE flow_enrolment (
    business_id text COLLATE "C" NOT NULL,
    flow_id     text COLLATE "C" NOT NULL,
    person_id   text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (business_id, flow_id, person_id),
    FOREIGN KEY (business_id, flow_id) REFERENCES flow ON DELETE CASCADE,
    FOREIGN KEY (business_id, person_id) REFERENCES person ON DELETE CASCADE
);
-- For the erasure of a person.
CREATE INDEX flow_enrolment_by_person ON flow_enrolment (business_id, person_id);

-- The outbox: for each person in a flow, the webhook that comes next or failed for good.
CREATE TABLE flow_delivery (
    id          text COLLATE "C" PRIMARY KEY,
    business_id text COLLATE "C" NOT NULL,
    flow_id     text COLLATE "C" NOT NULL,
    person_id   text COLLATE "C" NOT NULL,
    step        integer     NOT NULL,
    -- When it may be tried; while a pod tries it, when that pod's lease ends and another may.
    due_at      timestamptz NOT NULL,
    -- Counts the pods that have claimed it, so that one whose lease is over changes nothing any more.
    attempts    integer     NOT NULL DEFAULT 0,
    tried_since timestamptz,
    fault       text,
    dead_at     timestamptz,
    UNIQUE (business_id, flow_id, person_id),
    FOREIGN KEY (business_id, flow_id, person_id) REFERENCES flow_enrolment ON DELETE CASCADE
);
CREATE INDEX flow_delivery_due ON flow_delivery (business_id, flow_id, due_at) WHERE dead_at IS NULL;
CREATE INDEX flow_delivery_dead ON flow_delivery (business_id, flow_id, dead_at, id) WHERE dead_at IS NOT NULL;
CREATE INDEX flow_delivery_by_death ON flow_delivery (dead_at) WHERE dead_at IS NOT NULL;
