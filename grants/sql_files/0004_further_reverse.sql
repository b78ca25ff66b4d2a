DROP TRIGGER grants_case_closes ON grants_case;
DROP FUNCTION grants_case_closes();
DROP TRIGGER grants_handed_scope_fits ON grants_grantscope;
DROP FUNCTION grants_handed_scope_fits();
CREATE OR REPLACE FUNCTION grants_grant_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
DROP TRIGGER grants_extension_fits ON grants_accessrequest;
DROP FUNCTION grants_extension_fits();
DROP TRIGGER grants_grant_extended ON grants_grant;
DROP FUNCTION grants_grant_extended();
DROP FUNCTION grants_minutes_approved(uuid);
DROP TRIGGER grants_guard ON grants_grant;
SELECT grants_watch_row('grants_grant', 'grant', '{status,ended_at,end_cause,ended_by_id}');
DROP TRIGGER audit_guard ON grants_requestmessage;
DROP TRIGGER audit_append_only ON grants_requestmessage;
DROP TRIGGER audit_no_truncate ON grants_requestmessage;
DROP TRIGGER audit_guard ON grants_closeout;
DROP TRIGGER audit_append_only ON grants_closeout;
DROP TRIGGER audit_no_truncate ON grants_closeout;
