-- Words of documents are found by the server itself, the same in every locale. What Postgres made of them goes.

ALTER TABLE memory_chunk
    -- Null until a server has read the document again, as servers of this version do with all that were there before.
    ADD COLUMN words tsvector,
    -- Servers of the version before go on writing this one; nobody else reads it.
    ALTER COLUMN search DROP NOT NULL;
DROP INDEX memory_chunk_by_word;
DROP INDEX memory_chunk_by_trigram;
CREATE INDEX memory_chunk_by_words ON memory_chunk USING gin (business_id, words);
CREATE INDEX memory_chunk_unread ON memory_chunk (business_id, document_id) WHERE words IS NULL;

-- Words that occur in documents of a business, and what each becomes when it loses a letter, as hashes: words that are
-- one typing error apart share such a key.
CREATE TABLE memory_word (
    business_id text COLLATE "C" NOT NULL REFERENCES business,
    word        text COLLATE "C" NOT NULL,
    keys        integer[] NOT NULL,
    -- When it was last known to occur; what has not been for long is looked for, and forgotten if it is gone.
    seen_on     date NOT NULL DEFAULT current_date,
    PRIMARY KEY (business_id, word)
);
CREATE INDEX memory_word_by_key ON memory_word USING gin (business_id, keys);
CREATE INDEX memory_word_by_day ON memory_word (seen_on);

-- What was archived together, to show and restore it.
CREATE INDEX memory_node_archived ON memory_node (business_id, archived_at DESC, folder) WHERE archived_at IS NOT NULL;
