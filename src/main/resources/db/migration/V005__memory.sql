-- Memory: a tree of folders and Markdown documents, and the pieces of documents that are searched.

-- Typing errors, and indexes of words that are kept apart by business. Both are trusted: the owner of a database may.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TABLE memory_node (
    id            text COLLATE "C" NOT NULL,
    business_id   text COLLATE "C" NOT NULL REFERENCES business,
    -- Where it is: '/' or '/a/b/', so that everything below a folder is one range.
    folder        text COLLATE "C" NOT NULL CHECK (folder ~ '^/(.*/)?$'),
    name          text COLLATE "C" NOT NULL CHECK (name <> '' AND strpos(name, '/') = 0),
    type          text COLLATE "C" NOT NULL CHECK (type IN ('folder', 'document')),
    -- The name that is shown.
    label         text COLLATE "C" NOT NULL,
    title         text,
    -- From the content; shown while nobody has given a title.
    heading       text,
    content       text,
    tags          text[]      NOT NULL DEFAULT '{}',
    pinned        boolean     NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    archived_at   timestamptz,
    PRIMARY KEY (business_id, id),
    CHECK ((type = 'document') = (content IS NOT NULL))
);
-- A document and a folder cannot share a name; what is archived frees its own.
CREATE UNIQUE INDEX memory_node_by_name ON memory_node (business_id, folder, name) WHERE archived_at IS NULL;
-- A label that was given has at most 100 characters. One that is the name may have more, and an entry of an index cannot
-- hold two long texts.
CREATE INDEX memory_node_listed ON memory_node (business_id, folder, type DESC, left(label, 100), name)
    WHERE archived_at IS NULL;
CREATE INDEX memory_node_by_tag ON memory_node USING gin (business_id, tags) WHERE archived_at IS NULL;

CREATE TABLE memory_chunk (
    business_id  text COLLATE "C" NOT NULL,
    document_id  text COLLATE "C" NOT NULL,
    position     integer  NOT NULL,
    heading_path text[]   NOT NULL,
    content      text     NOT NULL,
    search       tsvector NOT NULL,
    PRIMARY KEY (business_id, document_id, position),
    FOREIGN KEY (business_id, document_id) REFERENCES memory_node
);
CREATE INDEX memory_chunk_by_word ON memory_chunk USING gin (business_id, search);
CREATE INDEX memory_chunk_by_trigram ON memory_chunk USING gin (business_id, content gin_trgm_ops);

-- Words as they are written, for every language, and English ones by their stem.
CREATE FUNCTION memory_words(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT to_tsvector('simple', words) || to_tsvector('english', words)
$$;

-- A word in a heading counts most, then one in the title.
CREATE FUNCTION memory_search(title text, heading_path text[], content text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT setweight(memory_words(array_to_string(heading_path, ' ')), 'A')
        || setweight(memory_words(title), 'B')
        || memory_words(content)
$$;

-- What a query asks for, in the syntax of web searches. Where every word is a stop word of English they are asked for.
CREATE FUNCTION memory_query(query text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN numnode(websearch_to_tsquery('english', query)) > 0 THEN websearch_to_tsquery('english', query)
        ELSE websearch_to_tsquery('simple', query)
    END
$$;
