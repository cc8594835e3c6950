-- How many days ahead an expiry of a key may lie when it is set; null is no limit. The release before does not know it.
ALTER TABLE business ADD COLUMN max_key_lifetime_days integer CHECK (max_key_lifetime_days BETWEEN 1 AND 3650);
