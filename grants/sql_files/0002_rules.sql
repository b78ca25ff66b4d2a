-- Which states may follow which; '' is "not there yet". A state that nothing follows is final, and its row never changes again.
CREATE TABLE grants_transition (
    kind text NOT NULL,
    was text NOT NULL,
    becomes text NOT NULL,
    PRIMARY KEY (kind, was, becomes)
);
INSERT INTO grants_transition (kind, was, becomes) VALUES
    ('case', '', 'open'), ('case', 'open', 'closed'),
    ('request', '', 'pending'),
    ('request', 'pending', 'asked_back'), ('request', 'asked_back', 'pending'),
    ('request', 'pending', 'approved'), ('request', 'pending', 'denied'),
    ('request', 'pending', 'withdrawn'), ('request', 'asked_back', 'withdrawn'),
    ('request', 'pending', 'lapsed'), ('request', 'asked_back', 'lapsed'),
    ('grant', '', 'scheduled'), ('grant', '', 'live'),
    ('grant', 'scheduled', 'live'), ('grant', 'scheduled', 'ended'), ('grant', 'live', 'ended');

SELECT audit_make_append_only('grants_transition');
CREATE TRIGGER grants_no_new_transition BEFORE INSERT ON grants_transition
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE grants_transition ENABLE ALWAYS TRIGGER grants_no_new_transition;

CREATE FUNCTION grants_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = 'check_violation';
END $$;

-- Arguments: the kind of row, then the columns that may change after the row was written.
CREATE FUNCTION grants_guard_row() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    row_kind text := TG_ARGV[0];
    may_change text[] := TG_ARGV[1]::text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grants_refuse(format('a %s is evidence and is never removed', row_kind));
    ELSIF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM grants_transition t WHERE t.kind = row_kind AND t.was = '' AND t.becomes = NEW.status) THEN
            PERFORM grants_refuse(format('a %s does not begin as %s', row_kind, NEW.status));
        END IF;
    ELSE
        IF NOT EXISTS (SELECT 1 FROM grants_transition t WHERE t.kind = row_kind AND t.was = OLD.status) THEN
            PERFORM grants_refuse(format('a %s that is %s never changes', row_kind, OLD.status));
        END IF;
        IF NEW.status <> OLD.status AND NOT EXISTS (
            SELECT 1 FROM grants_transition t WHERE t.kind = row_kind AND t.was = OLD.status AND t.becomes = NEW.status
        ) THEN
            PERFORM grants_refuse(format('a %s that is %s does not become %s', row_kind, OLD.status, NEW.status));
        END IF;
        IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
            PERFORM grants_refuse(format('of a %s only %s may change', row_kind, array_to_string(may_change, ', ')));
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION grants_watch_row(target regclass, kind text, may_change text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER grants_guard BEFORE INSERT OR UPDATE OR DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION grants_guard_row(%L, %L)', target, kind, may_change);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER grants_guard', target);
END $$;
REVOKE EXECUTE ON FUNCTION grants_watch_row(regclass, text, text[]) FROM PUBLIC;

SELECT grants_watch_row('grants_case', 'case', '{status,closed_at,notes,owner_id}');
SELECT grants_watch_row('grants_accessrequest', 'request', '{status,closed_at,digest,round,pending_until}');
SELECT grants_watch_row('grants_grant', 'grant', '{status,ended_at,end_cause,ended_by_id}');

-- Copies are held equal to what they copy.
ALTER TABLE grants_accessrequest ADD CONSTRAINT grants_request_case_tenant
    FOREIGN KEY (case_id, tenant_id) REFERENCES grants_case (id, tenant_id);
ALTER TABLE grants_approval ADD CONSTRAINT grants_approval_people
    FOREIGN KEY (request_id, requester_id, person_id) REFERENCES grants_accessrequest (id, requester_id, person_id);
ALTER TABLE grants_approvalscope ADD CONSTRAINT grants_approvalscope_of_request
    FOREIGN KEY (approval_id, request_id) REFERENCES grants_approval (id, request_id);
ALTER TABLE grants_approvalscope ADD CONSTRAINT grants_approvalscope_was_asked
    FOREIGN KEY (request_id, scope) REFERENCES grants_requestscope (request_id, scope);
ALTER TABLE grants_grant ADD CONSTRAINT grants_grant_place
    FOREIGN KEY (request_id, case_id, tenant_id) REFERENCES grants_accessrequest (id, case_id, tenant_id);
ALTER TABLE grants_grantscope ADD CONSTRAINT grants_grantscope_was_asked
    FOREIGN KEY (request_id, scope) REFERENCES grants_requestscope (request_id, scope);
ALTER TABLE grants_grantscope ADD CONSTRAINT grants_grantscope_holder
    FOREIGN KEY (grant_id, person_id, tenant_id) REFERENCES grants_grant (id, person_id, tenant_id);
ALTER TABLE grants_grantscope ADD CONSTRAINT grants_grantscope_never_twice
    EXCLUDE USING gist (person_id WITH =, tenant_id WITH =, scope WITH =, tstzrange(starts_at, until) WITH &&);

-- A request moves to approved only on enough decisions of its present round, and to denied only on a denial.
CREATE FUNCTION grants_request_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    approved integer;
    denied integer;
BEGIN
    SELECT count(*) FILTER (WHERE a.decision = 'approve'), count(*) FILTER (WHERE a.decision = 'deny') INTO approved, denied
        FROM grants_approval a WHERE a.request_id = NEW.id AND a.round = NEW.round;
    IF NEW.status = 'approved' AND (approved < NEW.approvals_needed OR denied > 0) THEN
        PERFORM grants_refuse(format('the request needs %s approvals and no denial', NEW.approvals_needed));
    END IF;
    IF NEW.status = 'denied' AND denied = 0 THEN
        PERFORM grants_refuse('the request was denied by nobody');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_request_decided BEFORE UPDATE OF status ON grants_accessrequest FOR EACH ROW
    WHEN (NEW.status IN ('approved', 'denied') AND NEW.status <> OLD.status) EXECUTE FUNCTION grants_request_decided();

-- A decision counts for exactly what the request is now.
CREATE FUNCTION grants_approval_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    asked grants_accessrequest%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM grants_accessrequest r WHERE r.id = NEW.request_id FOR UPDATE;
    IF asked.status <> 'pending' THEN
        PERFORM grants_refuse(format('the request is %s and takes no decision', asked.status));
    END IF;
    IF NEW.digest <> asked.digest OR NEW.round <> asked.round THEN
        PERFORM grants_refuse('the decision is about something other than what is asked now');
    END IF;
    IF NEW.minutes > asked.minutes OR NEW.scope_count > asked.scope_count THEN
        PERFORM grants_refuse('an approval never widens what was asked');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_approval_fits BEFORE INSERT ON grants_approval FOR EACH ROW EXECUTE FUNCTION grants_approval_fits();

-- No scope joins a request or a decision later than its own number of scopes says.
CREATE FUNCTION grants_requestscope_counted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM grants_requestscope s WHERE s.request_id = NEW.request_id)
        > (SELECT r.scope_count FROM grants_accessrequest r WHERE r.id = NEW.request_id) THEN
        PERFORM grants_refuse('a request is never widened');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER grants_requestscope_counted AFTER INSERT ON grants_requestscope FOR EACH ROW EXECUTE FUNCTION grants_requestscope_counted();

CREATE FUNCTION grants_approvalscope_counted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM grants_approvalscope s WHERE s.approval_id = NEW.approval_id)
        > (SELECT a.scope_count FROM grants_approval a WHERE a.id = NEW.approval_id) THEN
        PERFORM grants_refuse('an approval is never widened');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER grants_approvalscope_counted AFTER INSERT ON grants_approvalscope FOR EACH ROW EXECUTE FUNCTION grants_approvalscope_counted();

-- A grant begins only under an approved request, for its person, no earlier and no longer than every approval allowed.
CREATE FUNCTION grants_grant_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    asked grants_accessrequest%ROWTYPE;
    allowed integer;
    decided timestamptz;
BEGIN
    SELECT * INTO asked FROM grants_accessrequest r WHERE r.id = NEW.request_id FOR UPDATE;
    SELECT min(a.minutes), max(a.decided_at) INTO allowed, decided FROM grants_approval a
        WHERE a.request_id = NEW.request_id AND a.round = asked.round AND a.decision = 'approve';
    IF asked.status <> 'approved' OR NEW.person_id <> asked.person_id OR NEW.digest <> asked.digest THEN
        PERFORM grants_refuse('a grant begins only under an approved request, for the person it names');
    END IF;
    IF NEW.starts_at < greatest(decided, coalesce(asked.starts_at, decided)) THEN
        PERFORM grants_refuse('a grant starts at its approval, or later where that was asked for');
    END IF;
    IF NEW.expires_at > NEW.starts_at + make_interval(mins => least(allowed, asked.minutes, asked.longest_minutes)) THEN
        PERFORM grants_refuse('a grant is never longer than what was asked and approved');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_grant_fits BEFORE INSERT ON grants_grant FOR EACH ROW EXECUTE FUNCTION grants_grant_fits();

-- A grant holds the intersection of its approvals. The copied columns come from the grant, whatever the INSERT says.
CREATE FUNCTION grants_grantscope_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    SELECT g.request_id, g.person_id, g.tenant_id, g.starts_at, g.expires_at
        INTO NEW.request_id, NEW.person_id, NEW.tenant_id, NEW.starts_at, NEW.until FROM grants_grant g WHERE g.id = NEW.grant_id AND g.ended_at IS NULL;
    IF NOT FOUND OR EXISTS (
        SELECT 1 FROM grants_approval a JOIN grants_accessrequest r ON r.id = a.request_id
        WHERE a.request_id = NEW.request_id AND a.round = r.round AND a.decision = 'approve'
          AND NOT EXISTS (SELECT 1 FROM grants_approvalscope s WHERE s.approval_id = a.id AND s.scope = NEW.scope)
    ) THEN
        PERFORM grants_refuse(format('%s was not approved by every approver', NEW.scope));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_grantscope_fits BEFORE INSERT ON grants_grantscope FOR EACH ROW EXECUTE FUNCTION grants_grantscope_fits();

-- An early end frees the rest of the window; only the trigger below may write it.
CREATE FUNCTION grants_grantscope_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR pg_trigger_depth() < 2 OR to_jsonb(NEW) - 'until' <> to_jsonb(OLD) - 'until' THEN
        PERFORM grants_refuse('the scopes of a grant follow the grant and are never written alone');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_guard BEFORE UPDATE OR DELETE ON grants_grantscope FOR EACH ROW EXECUTE FUNCTION grants_grantscope_follows();

CREATE FUNCTION grants_window_moved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE grants_grantscope SET until = greatest(NEW.starts_at, least(NEW.expires_at, NEW.ended_at)) WHERE grant_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER grants_window_moved AFTER UPDATE ON grants_grant FOR EACH ROW
    WHEN (NEW.ended_at < NEW.expires_at OR NEW.expires_at <> OLD.expires_at) EXECUTE FUNCTION grants_window_moved();

ALTER TABLE grants_accessrequest ENABLE ALWAYS TRIGGER grants_request_decided;
ALTER TABLE grants_approval ENABLE ALWAYS TRIGGER grants_approval_fits;
ALTER TABLE grants_requestscope ENABLE ALWAYS TRIGGER grants_requestscope_counted;
ALTER TABLE grants_approvalscope ENABLE ALWAYS TRIGGER grants_approvalscope_counted;
ALTER TABLE grants_grant ENABLE ALWAYS TRIGGER grants_grant_fits;
ALTER TABLE grants_grant ENABLE ALWAYS TRIGGER grants_window_moved;
ALTER TABLE grants_grantscope ENABLE ALWAYS TRIGGER grants_grantscope_fits;
ALTER TABLE grants_grantscope ENABLE ALWAYS TRIGGER grants_guard;

-- Evidence that is only ever added to, and never without an event of the same transaction.
DO $$
DECLARE
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['grants_requestscope', 'grants_approval', 'grants_approvalscope'] LOOP
        PERFORM audit_make_append_only(target::regclass);
        EXECUTE format('CREATE CONSTRAINT TRIGGER audit_guard AFTER INSERT ON %I DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION audit_require_event()', target);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER audit_guard', target);
    END LOOP;
END $$;
