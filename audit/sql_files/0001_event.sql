CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SEQUENCE audit_event_seq;

CREATE TABLE audit_event (
    id uuid NOT NULL,
    seq bigint NOT NULL DEFAULT nextval('audit_event_seq'),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    db_user text NOT NULL DEFAULT session_user,
    seeded boolean NOT NULL DEFAULT false,
    type text NOT NULL,
    type_version smallint NOT NULL,
    sentence text NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'system', 'product')),
    actor_id text NOT NULL DEFAULT '',
    actor_label text NOT NULL,
    subject_id text NOT NULL DEFAULT '',
    subject_label text NOT NULL DEFAULT '',
    tenant_id text NOT NULL DEFAULT '',
    tenant_label text NOT NULL DEFAULT '',
    tenant_environment text NOT NULL DEFAULT '',
    tenant_region text NOT NULL DEFAULT '',
    object_type text NOT NULL DEFAULT '',
    object_id text NOT NULL DEFAULT '',
    object_label text NOT NULL DEFAULT '',
    surface text NOT NULL CHECK (surface IN ('web', 'api', 'admin', 'task', 'command', 'product')),
    authority text NOT NULL CHECK (authority IN ('role', 'grant', 'object right', 'break-glass', 'none')),
    case_id uuid,
    ticket text NOT NULL DEFAULT '',
    request_id uuid,
    grant_id uuid,
    session_id uuid,
    policy_version text NOT NULL DEFAULT '',
    approval_state text NOT NULL DEFAULT '',
    reason_class text NOT NULL DEFAULT '',
    changes jsonb NOT NULL DEFAULT '[]',
    fields jsonb NOT NULL DEFAULT '{}',
    outcome text NOT NULL CHECK (outcome IN ('ok', 'refused', 'failed')),
    outcome_code text NOT NULL DEFAULT '',
    http_request_id text NOT NULL DEFAULT '',
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE INDEX audit_event_page ON audit_event (at DESC, id DESC);
CREATE INDEX audit_event_xid ON audit_event (xid, seq);
CREATE INDEX audit_event_actor ON audit_event (actor_id, at DESC, id DESC) WHERE actor_id <> '';
CREATE INDEX audit_event_tenant ON audit_event (tenant_id, at DESC, id DESC) WHERE tenant_id <> '';
CREATE INDEX audit_event_type ON audit_event (type, at DESC, id DESC);
CREATE INDEX audit_event_ticket ON audit_event (ticket, at DESC, id DESC) WHERE ticket <> '';
CREATE INDEX audit_event_case ON audit_event (case_id, at DESC, id DESC) WHERE case_id IS NOT NULL;
CREATE INDEX audit_event_request ON audit_event (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX audit_event_grant ON audit_event (grant_id, at DESC, id DESC) WHERE grant_id IS NOT NULL;
CREATE INDEX audit_event_session ON audit_event (session_id, at DESC, id DESC) WHERE session_id IS NOT NULL;
CREATE INDEX audit_event_words ON audit_event USING gin (sentence gin_trgm_ops);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION audit_make_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (SELECT relispartition FROM pg_class WHERE oid = target) THEN
        EXECUTE format('CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON %s
                        FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()', target);
    END IF;
    EXECUTE format('CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_append_only', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_no_truncate', target);
END $$;

SELECT audit_make_append_only('audit_event');

CREATE TABLE audit_event_default PARTITION OF audit_event DEFAULT;
SELECT audit_make_append_only('audit_event_default');

-- Only for the owner: any month, so that a first history can be seeded.
CREATE FUNCTION audit_make_partition(month date) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    name text := 'audit_event_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF audit_event FOR VALUES FROM (%L) TO (%L)', name,
                       first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
        PERFORM audit_make_append_only(name::regclass);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION audit_make_partition(date) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION audit_make_append_only(regclass) FROM PUBLIC;

-- For the app, which owns nothing: this month and the three ahead, and nothing else.
CREATE FUNCTION audit_make_partitions_ahead() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    FOR ahead IN 0..3 LOOP
        PERFORM audit_make_partition((now() + make_interval(months => ahead))::date);
    END LOOP;
END $$;
SELECT audit_make_partitions_ahead();

-- The partition bound is there for the planner: a transaction older than a day is refused rather than searched for.
CREATE FUNCTION audit_require_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.audit_event
                   WHERE xid = pg_current_xact_id() AND at >= transaction_timestamp() - interval '1 day') THEN
        RAISE EXCEPTION 'a write to % needs an event in the same transaction', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
