-- Whether a rotated key ends as soon as its successor is used.
ALTER TABLE api_key ADD COLUMN ends_on_successor_use boolean NOT NULL DEFAULT false;
CREATE INDEX api_key_ending_on_use ON api_key (rotated_to) WHERE ends_on_successor_use;
