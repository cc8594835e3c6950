-- The trace of the request that triggered the flow (W3C Trace Context): its trace id, in lower case, and its flags.
ALTER TABLE flow_delivery ADD COLUMN trace_id text, ADD COLUMN trace_flags text;
