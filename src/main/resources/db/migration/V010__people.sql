-- One person for each email address, however it is spelled; searches that look past accents; pages of bounded size.

-- What is searched and what it is searched for are compared in this form: small letters without accents, in NFC.
CREATE FUNCTION search_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT normalize(regexp_replace(normalize(lower(given COLLATE "default"), NFD) COLLATE "C", '[\u0300-\u036F]', '', 'g'),
        NFC)
$$;

ALTER TABLE person
    -- The address as it was written first, where that is not the form in email, by which a person is known.
    ADD shown_email text CHECK (length(shown_email) <= 254),
    ADD properties_bytes integer NOT NULL GENERATED ALWAYS AS (octet_length(properties::text)) STORED,
    DROP search_text;

-- An address in ASCII is in its form already. Of the others the column domain holds the A-labels, but for a leading www.
CREATE TEMPORARY TABLE respelled ON COMMIT DROP AS
SELECT business_id, id, created_at, normalize(ltrim(split_part(email, '@', 1), U&'\00AD\200B\200C\200D\2060\FEFF'), NFC)
    || '@' || CASE WHEN normalize(split_part(email, '@', 2), NFKC) LIKE 'www.%' AND domain NOT LIKE 'www.%' THEN 'www.'
        ELSE '' END || domain AS email
FROM person
WHERE octet_length(email) <> length(email);

CREATE TEMPORARY TABLE same_person ON COMMIT DROP AS
SELECT business_id, id, email, first_value(id) OVER (PARTITION BY business_id, email ORDER BY created_at, id) AS kept
FROM (
    SELECT business_id, id, created_at, email FROM respelled
    UNION ALL
    SELECT person.business_id, person.id, person.created_at, person.email FROM person
    JOIN (SELECT DISTINCT business_id, email FROM respelled) AS known
        ON known.business_id = person.business_id AND known.email = person.email
    WHERE octet_length(person.email) = length(person.email)
) AS person;

-- Where two spellings were two people, the older one takes over what the other one is, has and belongs to.
UPDATE person SET
    status = CASE WHEN other.status IN ('SPAM', 'BOUNCED', 'UNSUBSCRIBED') OR person.status = 'NOT_SUBSCRIBED'
        THEN other.status ELSE person.status END,
    first_name = coalesce(person.first_name, other.first_name),
    last_name = coalesce(person.last_name, other.last_name),
    job_title = coalesce(person.job_title, other.job_title),
    lead_score = greatest(person.lead_score, other.lead_score),
    properties = other.properties || person.properties,
    updated_at = now()
FROM same_person
JOIN person AS other ON other.business_id = same_person.business_id AND other.id = same_person.id
WHERE same_person.id <> same_person.kept AND person.business_id = same_person.business_id
    AND person.id = same_person.kept;

INSERT INTO audience_list_member (business_id, list_id, person_id, added_at)
SELECT member.business_id, member.list_id, same_person.kept, member.added_at
FROM same_person
JOIN audience_list_member AS member ON member.business_id = same_person.business_id AND member.person_id = same_person.id
WHERE same_person.id <> same_person.kept
ON CONFLICT DO NOTHING;

INSERT INTO flow_enrolment (business_id, flow_id, person_id, id, enrolled_at, finished_at)
SELECT enrolment.business_id, enrolment.flow_id, same_person.kept, enrolment.id, enrolment.enrolled_at,
    enrolment.finished_at
FROM same_person
JOIN flow_enrolment AS enrolment ON enrolment.business_id = same_person.business_id
    AND enrolment.person_id = same_person.id
WHERE same_person.id <> same_person.kept
ON CONFLICT DO NOTHING;

UPDATE flow_delivery SET person_id = same_person.kept
FROM same_person
WHERE same_person.id <> same_person.kept AND flow_delivery.business_id = same_person.business_id
    AND flow_delivery.person_id = same_person.id
    AND NOT EXISTS (SELECT FROM flow_delivery AS own WHERE own.business_id = flow_delivery.business_id
        AND own.flow_id = flow_delivery.flow_id AND own.person_id = same_person.kept);

UPDATE event SET person_id = same_person.kept
FROM same_person
WHERE same_person.id <> same_person.kept AND event.business_id = same_person.business_id
    AND event.person_id = same_person.id;

INSERT INTO event_link (business_id, person_id, kind, value, due_at, until, done_at, done_id)
SELECT link.business_id, same_person.kept, link.kind, link.value, link.due_at, link.until, link.done_at, link.done_id
FROM same_person
JOIN event_link AS link ON link.business_id = same_person.business_id AND link.person_id = same_person.id
WHERE same_person.id <> same_person.kept
ON CONFLICT DO NOTHING;

DELETE FROM event_link USING same_person
WHERE same_person.id <> same_person.kept AND event_link.business_id = same_person.business_id
    AND event_link.person_id = same_person.id;

DELETE FROM person USING same_person
WHERE same_person.id <> same_person.kept AND person.business_id = same_person.business_id AND person.id = same_person.id;

UPDATE person SET shown_email = person.email, email = same_person.email
FROM same_person
WHERE same_person.id = same_person.kept AND person.business_id = same_person.business_id AND person.id = same_person.id
    AND person.email <> same_person.email;

-- A space before each word lets a search for one or two characters find the beginnings of words by trigrams. Of the address
-- as it was written only what the other form says in other characters is of use.
ALTER TABLE person ADD search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS
    (' ' || search_fold(email || ' '
        || CASE WHEN octet_length(shown_email) <> length(shown_email) THEN shown_email || ' ' ELSE '' END
        || coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) STORED;
CREATE INDEX person_by_text ON person USING gin (business_id, search_text gin_trgm_ops);

ALTER TABLE company
    ADD properties_bytes integer NOT NULL GENERATED ALWAYS AS (octet_length(properties::text)) STORED,
    DROP search_text,
    ADD search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS
        (' ' || search_fold(domain || ' ' || coalesce(name, ''))) STORED;
CREATE INDEX company_by_text ON company USING gin (business_id, search_text gin_trgm_ops);

ALTER TABLE audience_list
    DROP search_text,
    ADD search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (' ' || search_fold(slug || ' ' || name)) STORED;
CREATE INDEX audience_list_by_text ON audience_list USING gin (business_id, search_text gin_trgm_ops);
