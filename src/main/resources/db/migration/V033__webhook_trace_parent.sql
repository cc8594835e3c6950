-- The span that triggered the flow (the parent-id of W3C Trace Context), in lower case. Older servers leave it empty.
ALTER TABLE flow_delivery ADD COLUMN trace_parent_id text;
