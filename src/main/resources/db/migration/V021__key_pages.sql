-- Keys and their audit are read in pages, of one business or of all.
CREATE INDEX api_key_by_age ON api_key (created_at, id);
CREATE INDEX key_audit_by_time ON key_audit (at, id);
CREATE INDEX key_audit_by_business ON key_audit (business_id, at, id);
