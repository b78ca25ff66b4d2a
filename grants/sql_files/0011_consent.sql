-- What the customer has a say in. A row of evidence is never changed; a link is written later by its one use or its revocation.
CREATE FUNCTION grants_link_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grants_refuse('a customer''s link is evidence and is never removed');
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.used_at IS NOT NULL OR NEW.revoked_at IS NOT NULL THEN
            PERFORM grants_refuse('a customer''s link begins unused');
        END IF;
        IF NEW.request_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM grants_accessrequest r WHERE r.id = NEW.request_id AND r.tenant_id = NEW.tenant_id
        ) THEN
            PERFORM grants_refuse('a customer''s link shows a request of its own tenant');
        END IF;
    ELSIF to_jsonb(NEW) - '{used_at,revoked_at}'::text[] <> to_jsonb(OLD) - '{used_at,revoked_at}'::text[]
        OR (OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at)
        OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
        PERFORM grants_refuse('of a customer''s link only its use and its revocation are written later, each once');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_guard BEFORE INSERT OR UPDATE OR DELETE ON grants_customerlink FOR EACH ROW EXECUTE FUNCTION grants_link_fits();
ALTER TABLE grants_customerlink ENABLE ALWAYS TRIGGER grants_guard;

-- An answer counts for exactly what the request is now. Somebody at the customer answers by a link that still holds; silence and an open
-- ticket answer only where the round said so when it was asked.
CREATE FUNCTION grants_consent_answer_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    asked grants_accessrequest%ROWTYPE;
    ask grants_consentask%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM grants_accessrequest r WHERE r.id = NEW.request_id FOR UPDATE;
    SELECT * INTO ask FROM grants_consentask a WHERE a.request_id = NEW.request_id AND a.round = asked.round;
    IF NEW.round <> asked.round OR NEW.digest <> asked.digest THEN
        PERFORM grants_refuse('the answer is about something other than what is asked now');
    END IF;
    IF NEW.link_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM grants_customerlink l WHERE l.id = NEW.link_id AND l.kind = 'consent' AND l.request_id = NEW.request_id
            AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()
    ) THEN
        PERFORM grants_refuse('the customer answers by a link to this request that still holds');
    END IF;
    IF NEW.answer = 'refused' THEN
        IF EXISTS (SELECT 1 FROM grants_grant g WHERE g.request_id = NEW.request_id AND g.starts_at <= clock_timestamp()) THEN
            PERFORM grants_refuse('access that has begun is revoked, not refused');
        END IF;
        RETURN NEW;
    END IF;
    IF asked.status <> 'pending' OR EXISTS (
        SELECT 1 FROM grants_consentanswer a WHERE a.request_id = NEW.request_id AND a.answer = 'refused'
    ) THEN
        PERFORM grants_refuse('nobody agrees to a request that is over');
    END IF;
    IF (NEW.answer = 'ticket' AND ask.mode IS DISTINCT FROM 'open_ticket')
        OR (NEW.answer = 'agreed' AND ask.mode IS DISTINCT FROM 'must_approve')
        OR (NEW.answer = 'silence' AND (ask.mode IS DISTINCT FROM 'must_approve' OR ask.when_silent <> 'go_on'
                                        OR ask.answer_by > clock_timestamp())) THEN
        PERFORM grants_refuse('this round of the request is not answered so');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_consent_answer_fits BEFORE INSERT ON grants_consentanswer FOR EACH ROW
    EXECUTE FUNCTION grants_consent_answer_fits();
ALTER TABLE grants_consentanswer ENABLE ALWAYS TRIGGER grants_consent_answer_fits;

-- No access without the consent its mode asks for: the mode of its round, or the one its tenant has now where that is stricter.
-- An emergency start waits for nobody, but a customer who never agrees is not entered by it either.
CREATE FUNCTION grants_consent_holds(asked uuid) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    r grants_accessrequest%ROWTYPE;
    wanted text;
    own text;
    answered text;
BEGIN
    SELECT * INTO r FROM grants_accessrequest q WHERE q.id = asked;
    SELECT a.mode INTO wanted FROM grants_consentask a WHERE a.request_id = asked AND a.round = r.round;
    SELECT m.mode INTO own FROM grants_consentmode m WHERE m.tenant_id = r.tenant_id ORDER BY m.id DESC LIMIT 1;
    SELECT n.answer INTO answered FROM grants_consentanswer n
        WHERE n.request_id = asked AND n.round = r.round AND n.answer <> 'refused';
    IF 'never' IN (wanted, own) THEN
        PERFORM grants_refuse('this customer never agrees to access');
    END IF;
    IF EXISTS (SELECT 1 FROM grants_consentanswer n WHERE n.request_id = asked AND n.answer = 'refused') THEN
        PERFORM grants_refuse('the customer did not agree');
    END IF;
    IF r.kind <> 'break_glass' AND 'must_approve' IN (wanted, own)
        AND (answered IS NULL OR answered NOT IN ('agreed', 'silence')) THEN
        PERFORM grants_refuse('the customer has not agreed');
    END IF;
    IF r.kind <> 'break_glass' AND 'open_ticket' IN (wanted, own) AND answered IS NULL THEN
        PERFORM grants_refuse('no open ticket agreed to this');
    END IF;
END $$;

CREATE FUNCTION grants_consent_before_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM grants_consent_holds(NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER grants_consent_before_approval BEFORE UPDATE OF status ON grants_accessrequest FOR EACH ROW
    WHEN (NEW.status = 'approved' AND OLD.status <> 'approved') EXECUTE FUNCTION grants_consent_before_approval();
ALTER TABLE grants_accessrequest ENABLE ALWAYS TRIGGER grants_consent_before_approval;

CREATE FUNCTION grants_consent_before_grant() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    agreed grants_consentanswer%ROWTYPE;
BEGIN
    PERFORM grants_consent_holds(NEW.request_id);
    SELECT n.* INTO agreed FROM grants_consentanswer n JOIN grants_accessrequest r ON r.id = n.request_id AND r.round = n.round
        WHERE n.request_id = NEW.request_id AND n.answer <> 'refused';
    IF FOUND AND NEW.handed_over_from_id IS NULL AND NEW.expires_at > NEW.starts_at + make_interval(mins => agreed.minutes) THEN
        PERFORM grants_refuse('access is never longer than what the customer agreed to');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_consent_before_grant BEFORE INSERT ON grants_grant FOR EACH ROW EXECUTE FUNCTION grants_consent_before_grant();
ALTER TABLE grants_grant ENABLE ALWAYS TRIGGER grants_consent_before_grant;

CREATE FUNCTION grants_consent_scope_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM grants_grant g JOIN grants_accessrequest r ON r.id = g.request_id
               JOIN grants_consentanswer n ON n.request_id = r.id AND n.round = r.round AND n.answer <> 'refused'
               WHERE g.id = NEW.grant_id AND NOT NEW.scope = ANY (n.scopes)) THEN
        PERFORM grants_refuse('the customer did not agree to this');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_consent_scope_fits BEFORE INSERT ON grants_grantscope FOR EACH ROW EXECUTE FUNCTION grants_consent_scope_fits();
ALTER TABLE grants_grantscope ENABLE ALWAYS TRIGGER grants_consent_scope_fits;

-- A request is denied by somebody: by staff, or by the customer.
CREATE OR REPLACE FUNCTION grants_request_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    approved integer;
    denied integer;
BEGIN
    SELECT count(*) FILTER (WHERE a.decision = 'approve'), count(*) FILTER (WHERE a.decision = 'deny') INTO approved, denied
        FROM grants_approval a WHERE a.request_id = NEW.id AND a.round = NEW.round;
    denied := denied + (SELECT count(*) FROM grants_consentanswer n WHERE n.request_id = NEW.id AND n.answer = 'refused');
    IF NEW.status = 'approved' AND (approved < NEW.approvals_needed OR denied > 0) THEN
        PERFORM grants_refuse(format('the request needs %s approvals and no denial', NEW.approvals_needed));
    END IF;
    IF NEW.status = 'denied' AND denied = 0 THEN
        PERFORM grants_refuse('the request was denied by nobody');
    END IF;
    RETURN NEW;
END $$;

-- The customer may say no while the agent is asked back: that request is over too.
ALTER TABLE grants_transition DISABLE TRIGGER grants_no_new_transition;
INSERT INTO grants_transition (kind, was, becomes) VALUES ('request', 'asked_back', 'denied');
ALTER TABLE grants_transition ENABLE ALWAYS TRIGGER grants_no_new_transition;

-- The same trouble again is written once, when its case closes.
CREATE FUNCTION grants_problem_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM grants_case c WHERE c.id = NEW.case_id AND c.tenant_id = NEW.tenant_id) THEN
        PERFORM grants_refuse('a problem of the product is flagged on a case of its own tenant');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_problem_fits BEFORE INSERT ON grants_productproblem FOR EACH ROW EXECUTE FUNCTION grants_problem_fits();
ALTER TABLE grants_productproblem ENABLE ALWAYS TRIGGER grants_problem_fits;
