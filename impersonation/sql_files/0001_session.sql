-- Copies are held equal to what they copy: the agent is the holder of the grant, on its tenant.
ALTER TABLE impersonation_supportsession ADD CONSTRAINT impersonation_session_holder
    FOREIGN KEY (grant_id, agent_id, tenant_id) REFERENCES grants_grant (id, person_id, tenant_id);
ALTER TABLE impersonation_supportsession ADD CONSTRAINT impersonation_session_place
    FOREIGN KEY (case_id, tenant_id) REFERENCES grants_case (id, tenant_id);

-- A session begins only inside its grant: its case, its time and its scopes.
CREATE FUNCTION impersonation_session_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    base grants_grant%ROWTYPE;
BEGIN
    SELECT * INTO base FROM grants_grant g WHERE g.id = NEW.grant_id FOR SHARE;
    IF base.case_id IS DISTINCT FROM NEW.case_id THEN
        PERFORM grants_refuse('a support session belongs to the case of its grant');
    END IF;
    IF NEW.started_at < base.starts_at OR NEW.started_at >= least(base.expires_at, base.ended_at) THEN
        PERFORM grants_refuse('a support session starts only while its grant is live');
    END IF;
    IF NEW.ends_at > base.expires_at THEN
        PERFORM grants_refuse('a support session never outlives its grant');
    END IF;
    IF NOT NEW.scopes::text[] <@ ARRAY(SELECT s.scope::text FROM grants_grantscope s WHERE s.grant_id = NEW.grant_id) THEN
        PERFORM grants_refuse('a support session holds only scopes of its grant');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER impersonation_session_fits BEFORE INSERT ON impersonation_supportsession
    FOR EACH ROW EXECUTE FUNCTION impersonation_session_fits();

-- An ended session never changes; a live one is opened once and ended once, and nothing else of it moves.
CREATE FUNCTION impersonation_session_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    may_change text[] := '{opened_at,ended_at,cause,ended_by_id}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grants_refuse('a support session is evidence and is never removed');
    END IF;
    IF OLD.ended_at IS NOT NULL THEN
        PERFORM grants_refuse('a support session that has ended never changes');
    END IF;
    IF OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at THEN
        PERFORM grants_refuse('a support session is opened in the product once');
    END IF;
    IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        PERFORM grants_refuse('of a support session only its opening and its end are written later');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER impersonation_session_kept BEFORE UPDATE OR DELETE ON impersonation_supportsession
    FOR EACH ROW EXECUTE FUNCTION impersonation_session_kept();

ALTER TABLE impersonation_supportsession ENABLE ALWAYS TRIGGER impersonation_session_fits;
ALTER TABLE impersonation_supportsession ENABLE ALWAYS TRIGGER impersonation_session_kept;
