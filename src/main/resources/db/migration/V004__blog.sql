-- Blog posts, their authors and tags, and how every pod learns that a blog has changed.

CREATE TABLE blog_author (
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    id          text COLLATE "C" NOT NULL,
    name        text        NOT NULL,
    email       text,
    avatar_url  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id)
);
CREATE INDEX blog_author_by_name ON blog_author (business_id, lower(name), id);

CREATE TABLE blog_tag (
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    id          text COLLATE "C" NOT NULL,
    name        text        NOT NULL,
    description text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, id)
);
CREATE UNIQUE INDEX blog_tag_by_name ON blog_tag (business_id, lower(name));

-- The HTML and the number of words are made from the content when it is written. The content is json and not jsonb: it is
-- handed out as it is, and never looked into.
CREATE TABLE blog_post (
    business_id        text COLLATE "C" NOT NULL REFERENCES business,
    id                 text COLLATE "C" NOT NULL,
    slug               text COLLATE "C" NOT NULL CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 100),
    title              text        NOT NULL,
    status             text        NOT NULL CHECK (status IN ('DRAFT', 'SCHEDULED', 'PUBLISHED')),
    publish_date       timestamptz CHECK (status = 'DRAFT' OR publish_date IS NOT NULL),
    content            json        NOT NULL,
    html               text        NOT NULL,
    plain_text         text        NOT NULL,
    word_count         integer     NOT NULL,
    meta_description   text,
    dominant_image_url text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    -- A tsvector holds at most 1 MiB, so a long text is found by its beginning.
    search             tsvector    NOT NULL GENERATED ALWAYS AS (
        to_tsvector('simple', title || ' ' || coalesce(meta_description, '') || ' ' || left(plain_text, 100000))) STORED,
    PRIMARY KEY (business_id, id),
    UNIQUE (business_id, slug)
);
CREATE INDEX blog_post_by_date ON blog_post (business_id, publish_date DESC NULLS LAST, id DESC) INCLUDE (status);
CREATE INDEX blog_post_scheduled ON blog_post (business_id, publish_date) WHERE status = 'SCHEDULED';
CREATE INDEX blog_post_by_word ON blog_post USING gin (search);

CREATE TABLE blog_post_author (
    business_id text COLLATE "C" NOT NULL,
    post_id     text COLLATE "C" NOT NULL,
    author_id   text COLLATE "C" NOT NULL,
    position    integer NOT NULL,
    PRIMARY KEY (business_id, post_id, author_id),
    FOREIGN KEY (business_id, post_id) REFERENCES blog_post ON DELETE CASCADE,
    FOREIGN KEY (business_id, author_id) REFERENCES blog_author ON DELETE CASCADE
);
CREATE INDEX blog_post_author_by_author ON blog_post_author (business_id, author_id, post_id);

CREATE TABLE blog_post_tag (
    business_id text COLLATE "C" NOT NULL,
    post_id     text COLLATE "C" NOT NULL,
    tag_id      text COLLATE "C" NOT NULL,
    position    integer NOT NULL,
    PRIMARY KEY (business_id, post_id, tag_id),
    FOREIGN KEY (business_id, post_id) REFERENCES blog_post ON DELETE CASCADE,
    FOREIGN KEY (business_id, tag_id) REFERENCES blog_tag ON DELETE CASCADE
);
CREATE INDEX blog_post_tag_by_tag ON blog_post_tag (business_id, tag_id, post_id);

-- One row. Its lock is held to the end of every transaction that changes a blog, so versions commit in order and whoever
-- has seen version n has seen every change up to n.
CREATE TABLE blog_version (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    version   bigint NOT NULL
);
INSERT INTO blog_version (version) VALUES (0);

-- When each business's blog changed last, as a version.
CREATE TABLE blog_change (
    business_id text COLLATE "C" PRIMARY KEY REFERENCES business,
    version     bigint NOT NULL
);
CREATE INDEX blog_change_by_version ON blog_change (version);
