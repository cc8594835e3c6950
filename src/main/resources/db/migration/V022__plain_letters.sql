-- Letters without a mark that could be taken off, such as ø and ł, are compared with the plain ones too, by all searches.

CREATE OR REPLACE FUNCTION search_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT normalize(replace(replace(replace(replace(translate(
        regexp_replace(normalize(lower(given COLLATE "default"), NFD) COLLATE "C", '[\u0300-\u036F]', '', 'g'),
        'øđðłħıς', 'oddlhiσ'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), NFC)
$$;

ALTER TABLE person
    DROP search_text,
    ADD search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS
        (' ' || search_fold(email || ' '
            || CASE WHEN octet_length(shown_email) <> length(shown_email) THEN shown_email || ' ' ELSE '' END
            || coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) STORED;
CREATE INDEX person_by_text ON person USING gin (business_id, search_text gin_trgm_ops);

ALTER TABLE company
    DROP search_text,
    ADD search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS
        (' ' || search_fold(domain || ' ' || coalesce(name, ''))) STORED;
CREATE INDEX company_by_text ON company USING gin (business_id, search_text gin_trgm_ops);

ALTER TABLE audience_list
    DROP search_text,
    ADD search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (' ' || search_fold(slug || ' ' || name)) STORED;
CREATE INDEX audience_list_by_text ON audience_list USING gin (business_id, search_text gin_trgm_ops);

ALTER TABLE blog_post
    DROP search,
    ADD search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_fold(
        title || ' ' || coalesce(meta_description, '') || ' ' || left(plain_text, 100000)))) STORED;
CREATE INDEX blog_post_by_word ON blog_post USING gin (search);
