-- Postgres parses and plans the body of an SQL function anew for each statement that writes a generated column. A PL/pgSQL
-- function keeps its plan for the session. The result is the same.

CREATE OR REPLACE FUNCTION search_fold(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN normalize(replace(replace(replace(replace(translate(
        regexp_replace(normalize(lower(given COLLATE "default"), NFD) COLLATE "C", '[\u0300-\u036F]', '', 'g'),
        'øđðłħıς', 'oddlhiσ'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), NFC);
END
$$;
