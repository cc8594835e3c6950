-- People, companies, lists, and the custom properties of both.

-- Both are trusted: whoever may create objects in the database may install them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

ALTER TABLE person
    ADD email      text COLLATE "C" NOT NULL CHECK (length(email) <= 254),
    -- Of the email address, as companies write theirs.
    ADD domain     text COLLATE "C" NOT NULL,
    ADD status     text COLLATE "C" NOT NULL DEFAULT 'NOT_SUBSCRIBED'
        CHECK (status IN ('SUBSCRIBED', 'NOT_SUBSCRIBED', 'UNSUBSCRIBED', 'PENDING', 'BOUNCED', 'SPAM')),
    ADD first_name text,
    ADD last_name  text,
    ADD job_title  text,
    ADD lead_score smallint    NOT NULL DEFAULT 0 CHECK (lead_score BETWEEN 0 AND 100),
    -- By the id of the property, so that nothing of a deleted one shows in a new one of the same name.
    ADD properties jsonb       NOT NULL DEFAULT '{}',
    ADD updated_at timestamptz NOT NULL DEFAULT now(),
    -- A space before each word lets a search for one or two characters find the beginnings of words by trigrams.
    ADD search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS
        (' ' || email || ' ' || lower(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) STORED,
    ADD UNIQUE (business_id, email);
ALTER TABLE person SET (fillfactor = 85);
-- For counting: an entry for each row, but each of a few bytes.
CREATE INDEX person_by_business ON person (business_id);
CREATE INDEX person_by_domain ON person (business_id, domain, id);
CREATE INDEX person_by_status ON person (business_id, status, id);
CREATE INDEX person_by_text ON person USING gin (business_id, search_text gin_trgm_ops);

CREATE TABLE company (
    id               text COLLATE "C" NOT NULL,
    business_id      text COLLATE "C" NOT NULL REFERENCES business,
    domain           text COLLATE "C" NOT NULL,
    name             text,
    description      text,
    industries       text[]      NOT NULL DEFAULT '{}',
    revenue          numeric CHECK (revenue >= 0),
    revenue_currency text,
    total_employees  bigint CHECK (total_employees >= 0),
    address1         text,
    address2         text,
    city             text,
    region_code      text,
    country          text,
    zip              text,
    linkedin         text,
    properties       jsonb       NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    search_text      text COLLATE "C" NOT NULL GENERATED ALWAYS AS
        (' ' || domain || ' ' || lower(coalesce(name, ''))) STORED,
    PRIMARY KEY (business_id, id),
    UNIQUE (business_id, domain)
);
CREATE INDEX company_by_business ON company (business_id);
CREATE INDEX company_by_text ON company USING gin (business_id, search_text gin_trgm_ops);

CREATE TABLE audience_list (
    id          text COLLATE "C" NOT NULL,
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    slug        text COLLATE "C" NOT NULL,
    name        text        NOT NULL,
    description text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (' ' || slug || ' ' || lower(name)) STORED,
    PRIMARY KEY (business_id, id),
    UNIQUE (business_id, slug)
);
CREATE INDEX audience_list_by_business ON audience_list (business_id);
CREATE INDEX audience_list_by_text ON audience_list USING gin (business_id, search_text gin_trgm_ops);

CREATE TABLE audience_list_member (
    business_id text COLLATE "C" NOT NULL,
    list_id     text COLLATE "C" NOT NULL,
    person_id   text COLLATE "C" NOT NULL,
    added_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, list_id, person_id),
    FOREIGN KEY (business_id, list_id) REFERENCES audience_list ON DELETE CASCADE,
    FOREIGN KEY (business_id, person_id) REFERENCES person ON DELETE CASCADE
);
-- For counting.
CREATE INDEX audience_list_member_by_list ON audience_list_member (business_id, list_id);
CREATE INDEX audience_list_member_by_person ON audience_list_member (business_id, person_id);
-- The order of pages: who comes later stands behind, so that nobody moves while pages are read.
CREATE INDEX audience_list_member_by_time ON audience_list_member (business_id, list_id, added_at, person_id);

CREATE TABLE audience_property (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    target      text COLLATE "C" NOT NULL CHECK (target IN ('PERSON', 'COMPANY')),
    name        text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL CHECK (type IN ('TEXT', 'NUMBER', 'BOOLEAN', 'DATE')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id),
    UNIQUE (business_id, target, name)
);

-- Events that wait to be given to a person, or to be taken from one that was erased. A row goes when all are done.
CREATE TABLE event_link (
    business_id text COLLATE "C" NOT NULL,
    person_id   text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL CHECK (kind IN ('DEVICE', 'SESSION', 'ERASED')),
    -- The id of the device or the session; for a person that was erased, whether now or later.
    value       text COLLATE "C" NOT NULL,
    due_at      timestamptz NOT NULL DEFAULT now(),
    -- Events that happen later are none of its business.
    until       timestamptz NOT NULL DEFAULT now(),
    -- The last event that is done.
    done_at     timestamptz NOT NULL DEFAULT '-infinity',
    done_id     text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (business_id, person_id, kind, value)
) WITH (fillfactor = 70);
CREATE INDEX event_link_by_due ON event_link (due_at);
