-- Messages and closeouts are only ever added to, and never without an event of the same transaction.
DO $$
DECLARE
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['grants_requestmessage', 'grants_closeout'] LOOP
        PERFORM audit_make_append_only(target::regclass);
        EXECUTE format('CREATE CONSTRAINT TRIGGER audit_guard AFTER INSERT ON %I DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION audit_require_event()', target);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER audit_guard', target);
    END LOOP;
END $$;

-- The end of a grant may move, within what the next trigger allows.
DROP TRIGGER grants_guard ON grants_grant;
SELECT grants_watch_row('grants_grant', 'grant', '{status,expires_at,ended_at,end_cause,ended_by_id}');

-- How many minutes the approvals of a request's present round let through; null where nobody approved.
CREATE FUNCTION grants_minutes_approved(asked uuid) RETURNS integer LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT least(min(a.minutes), min(r.minutes)) FROM grants_accessrequest r
    JOIN grants_approval a ON a.request_id = r.id AND a.round = r.round AND a.decision = 'approve'
    WHERE r.id = asked
$$;

-- An extension is a request of its own on a grant that lives: a later end, never beyond the longest window of the first request.
CREATE FUNCTION grants_grant_extended() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first grants_accessrequest%ROWTYPE;
    further integer;
BEGIN
    SELECT * INTO first FROM grants_accessrequest r WHERE r.id = NEW.request_id;
    SELECT coalesce(sum(grants_minutes_approved(r.id)), 0) INTO further FROM grants_accessrequest r
        WHERE r.extends_id = NEW.id AND r.status = 'approved';
    IF OLD.ended_at IS NOT NULL OR OLD.expires_at <= clock_timestamp() OR NEW.expires_at < OLD.expires_at THEN
        PERFORM grants_refuse('only a grant that lives is extended');
    END IF;
    IF NEW.expires_at > NEW.starts_at
        + make_interval(mins => least(grants_minutes_approved(first.id) + further, first.longest_minutes)) THEN
        PERFORM grants_refuse('a grant is never longer than what was asked and approved');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_grant_extended BEFORE UPDATE OF expires_at ON grants_grant FOR EACH ROW
    WHEN (NEW.expires_at <> OLD.expires_at) EXECUTE FUNCTION grants_grant_extended();
ALTER TABLE grants_grant ENABLE ALWAYS TRIGGER grants_grant_extended;

CREATE FUNCTION grants_extension_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM grants_grant g WHERE g.id = NEW.extends_id AND g.ended_at IS NULL AND g.expires_at > clock_timestamp()
                   AND (g.person_id, g.tenant_id, g.case_id) = (NEW.person_id, NEW.tenant_id, NEW.case_id)) THEN
        PERFORM grants_refuse('an extension is asked for on a grant that lives, by its holder');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_extension_fits BEFORE INSERT ON grants_accessrequest FOR EACH ROW
    WHEN (NEW.extends_id IS NOT NULL) EXECUTE FUNCTION grants_extension_fits();
ALTER TABLE grants_accessrequest ENABLE ALWAYS TRIGGER grants_extension_fits;

-- A grant begins under an approved request of an open case: for the person it names, or for a colleague who takes over what is left.
CREATE OR REPLACE FUNCTION grants_grant_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    asked grants_accessrequest%ROWTYPE;
    before grants_grant%ROWTYPE;
    decided timestamptz;
BEGIN
    SELECT * INTO asked FROM grants_accessrequest r WHERE r.id = NEW.request_id FOR UPDATE;
    SELECT max(a.decided_at) INTO decided FROM grants_approval a
        WHERE a.request_id = NEW.request_id AND a.round = asked.round AND a.decision = 'approve';
    PERFORM 1 FROM grants_case c WHERE c.id = NEW.case_id AND c.status = 'open' FOR SHARE;
    IF NOT FOUND THEN
        PERFORM grants_refuse('no access begins under a closed case');
    END IF;
    IF asked.status <> 'approved' OR asked.extends_id IS NOT NULL OR NEW.digest <> asked.digest
        OR NEW.starts_at < greatest(decided, coalesce(asked.starts_at, decided)) THEN
        PERFORM grants_refuse('a grant begins only under an approved request, for the person it names, at its approval or later');
    END IF;
    IF NEW.handed_over_from_id IS NULL THEN
        IF NEW.person_id <> asked.person_id THEN
            PERFORM grants_refuse('a grant begins only under an approved request, for the person it names');
        END IF;
        IF NEW.expires_at > NEW.starts_at
            + make_interval(mins => least(grants_minutes_approved(asked.id), asked.longest_minutes)) THEN
            PERFORM grants_refuse('a grant is never longer than what was asked and approved');
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO before FROM grants_grant g WHERE g.id = NEW.handed_over_from_id;
    IF before.end_cause <> 'handed_over' OR before.request_id <> NEW.request_id OR before.person_id = NEW.person_id
        OR NEW.expires_at > before.expires_at OR NEW.starts_at < greatest(before.ended_at, before.starts_at) THEN
        PERFORM grants_refuse('a hand-over passes on what is left, and nothing more');
    END IF;
    IF EXISTS (SELECT 1 FROM grants_approval a WHERE a.request_id = NEW.request_id AND a.decider_id = NEW.person_id) THEN
        PERFORM grants_refuse('nobody uses what they decided on');
    END IF;
    RETURN NEW;
END $$;

-- What a predecessor did not hold is not handed over.
CREATE FUNCTION grants_handed_scope_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM grants_grant g WHERE g.id = NEW.grant_id AND g.handed_over_from_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM grants_grantscope s WHERE s.grant_id = g.handed_over_from_id AND s.scope = NEW.scope)) THEN
        PERFORM grants_refuse('a hand-over passes on what is left, and nothing more');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_handed_scope_fits BEFORE INSERT ON grants_grantscope FOR EACH ROW EXECUTE FUNCTION grants_handed_scope_fits();
ALTER TABLE grants_grantscope ENABLE ALWAYS TRIGGER grants_handed_scope_fits;

-- A case closes with its closeout, and only when nothing lives or waits under it.
CREATE FUNCTION grants_case_closes() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM grants_closeout c WHERE c.case_id = NEW.id)
        OR EXISTS (SELECT 1 FROM grants_grant g WHERE g.case_id = NEW.id AND g.ended_at IS NULL AND g.expires_at > clock_timestamp())
        OR EXISTS (SELECT 1 FROM grants_accessrequest r WHERE r.case_id = NEW.id AND r.closed_at IS NULL
                   AND r.pending_until > clock_timestamp()) THEN
        PERFORM grants_refuse('a case closes with a closeout, when nothing lives or waits under it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_case_closes BEFORE UPDATE OF status ON grants_case FOR EACH ROW
    WHEN (NEW.status = 'closed' AND OLD.status <> 'closed') EXECUTE FUNCTION grants_case_closes();
ALTER TABLE grants_case ENABLE ALWAYS TRIGGER grants_case_closes;
