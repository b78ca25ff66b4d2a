DROP TRIGGER grants_problem_fits ON grants_productproblem;
DROP FUNCTION grants_problem_fits();
ALTER TABLE grants_transition DISABLE TRIGGER USER;
DELETE FROM grants_transition WHERE kind = 'request' AND was = 'asked_back' AND becomes = 'denied';
ALTER TABLE grants_transition ENABLE ALWAYS TRIGGER audit_append_only;
ALTER TABLE grants_transition ENABLE ALWAYS TRIGGER audit_no_truncate;
ALTER TABLE grants_transition ENABLE ALWAYS TRIGGER grants_no_new_transition;
CREATE OR REPLACE FUNCTION grants_request_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
DROP TRIGGER grants_consent_scope_fits ON grants_grantscope;
DROP FUNCTION grants_consent_scope_fits();
DROP TRIGGER grants_consent_before_grant ON grants_grant;
DROP FUNCTION grants_consent_before_grant();
DROP TRIGGER grants_consent_before_approval ON grants_accessrequest;
DROP FUNCTION grants_consent_before_approval();
DROP FUNCTION grants_consent_holds(uuid);
DROP TRIGGER grants_consent_answer_fits ON grants_consentanswer;
DROP FUNCTION grants_consent_answer_fits();
DROP TRIGGER grants_guard ON grants_customerlink;
DROP FUNCTION grants_link_fits();
