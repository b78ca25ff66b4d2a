ALTER TABLE audit_event ADD COLUMN commitments jsonb NOT NULL DEFAULT '{}';

-- Private values beside the log: never changed, erased only by a verb that writes an event in the same transaction.
CREATE TABLE audit_private_value (
    event_id uuid NOT NULL,
    name text NOT NULL,
    disclosure text NOT NULL,
    retention text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event_id, name)
);
CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit_private_value FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_private_value FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE CONSTRAINT TRIGGER audit_guard AFTER INSERT OR DELETE ON audit_private_value
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_require_event();
ALTER TABLE audit_private_value ENABLE ALWAYS TRIGGER audit_no_change;
ALTER TABLE audit_private_value ENABLE ALWAYS TRIGGER audit_no_truncate;
ALTER TABLE audit_private_value ENABLE ALWAYS TRIGGER audit_guard;

-- One log for each cluster the data have lived in: transaction ids end with the cluster that gave them.
CREATE TABLE audit_seal_log (
    number integer PRIMARY KEY CHECK (number > 0),
    origin text NOT NULL UNIQUE,
    system_identifier text NOT NULL,
    opening text NOT NULL,
    from_xid xid8 NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE audit_seal_leaf (
    log integer NOT NULL,
    position bigint NOT NULL,
    event_id uuid,
    event_at timestamptz,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (log, position)
);
CREATE UNIQUE INDEX audit_seal_leaf_event ON audit_seal_leaf (event_id);
-- The hash of each full subtree of 256, 65,536, … leaves.
CREATE TABLE audit_seal_tile (
    log integer NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (log, level, number)
);
CREATE TABLE audit_seal_checkpoint (
    log integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    last_xid xid8 NOT NULL,
    last_seq bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (log, size)
);
CREATE TABLE audit_seal_receipt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    log integer NOT NULL,
    size bigint NOT NULL,
    target text NOT NULL,
    accepted boolean NOT NULL,
    sentence text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX audit_seal_receipt_target ON audit_seal_receipt (target, id DESC);
SELECT audit_make_append_only('audit_seal_log');
SELECT audit_make_append_only('audit_seal_leaf');
SELECT audit_make_append_only('audit_seal_tile');
SELECT audit_make_append_only('audit_seal_checkpoint');
SELECT audit_make_append_only('audit_seal_receipt');
