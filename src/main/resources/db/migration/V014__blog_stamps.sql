-- A stamp is random and new with each change: it tells one state of a row from all others, also after a restore from a
-- backup, where a number could come again. Entity tags are made of stamps. Triggers set them, so that servers of the version
-- before, which do not know them, change them too.

CREATE FUNCTION blog_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.stamp := gen_random_uuid();
    RETURN NEW;
END
$$;

-- A long list is read in pieces, and how many posts fit into a piece must be known before they are read.
CREATE FUNCTION blog_post_size() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.content_bytes := octet_length(NEW.content::text);
    RETURN NEW;
END
$$;

-- Accents and forms of Unicode make no difference to a search. What is asked for is folded in the same way.
DROP INDEX blog_post_by_word;
ALTER TABLE blog_post
    ADD COLUMN stamp uuid,
    ADD COLUMN content_bytes integer,
    DROP COLUMN search,
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        to_tsvector('simple', normalize(regexp_replace(
            normalize(title || ' ' || coalesce(meta_description, '') || ' ' || left(plain_text, 100000), NFD),
            '[\u0300-\u036F]', '', 'g'), NFC))) STORED;
CREATE TRIGGER blog_post_stamp BEFORE INSERT OR UPDATE ON blog_post FOR EACH ROW EXECUTE FUNCTION blog_stamp();
CREATE TRIGGER blog_post_size BEFORE INSERT OR UPDATE OF content ON blog_post
    FOR EACH ROW EXECUTE FUNCTION blog_post_size();
UPDATE blog_post SET content = content;
ALTER TABLE blog_post ALTER COLUMN stamp SET NOT NULL, ALTER COLUMN content_bytes SET NOT NULL;
CREATE INDEX blog_post_by_word ON blog_post USING gin (search);

ALTER TABLE blog_change ADD COLUMN stamp uuid NOT NULL DEFAULT gen_random_uuid();
CREATE TRIGGER blog_change_stamp BEFORE INSERT OR UPDATE ON blog_change FOR EACH ROW EXECUTE FUNCTION blog_stamp();
