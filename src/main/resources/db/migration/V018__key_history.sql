-- What a version stands for. After a restore to an earlier time, or a failover to a server that lagged, the versions that
-- are counted anew meet those that were lost; their stamps do not.
CREATE TABLE key_history (
    version bigint PRIMARY KEY,
    stamp   uuid   NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO key_history (version) SELECT version FROM key_version;

-- A server that was away for more changes than are kept reads all keys.
CREATE OR REPLACE FUNCTION key_version_bump() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bumped bigint;
BEGIN
    UPDATE key_version SET version = version + 1 RETURNING version INTO bumped;
    INSERT INTO key_history (version) VALUES (bumped)
    ON CONFLICT (version) DO UPDATE SET stamp = gen_random_uuid();
    DELETE FROM key_history WHERE version <= bumped - 10000 OR version > bumped;
    PERFORM set_config('quotient.key_version', bumped::text, true);
    PERFORM pg_notify('quotient_key', bumped::text);
    RETURN NULL;
END $$;

-- Null while a server of the release before writes it.
ALTER TABLE pod ADD COLUMN applied_stamp uuid;
