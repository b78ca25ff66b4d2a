-- What is good once is used once: a handle, a code and the outcome of a run are never written a second time.
CREATE FUNCTION impersonation_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    may_change text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grants_refuse(TG_ARGV[2] || ' is never removed');
    END IF;
    IF to_jsonb(OLD) ->> TG_ARGV[0] IS NOT NULL THEN
        PERFORM grants_refuse(TG_ARGV[2] || ' is used once');
    END IF;
    IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        PERFORM grants_refuse('of ' || TG_ARGV[2] || ' only its use is written later');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER impersonation_once BEFORE UPDATE OR DELETE ON impersonation_handle
    FOR EACH ROW EXECUTE FUNCTION impersonation_once('used_at', 'used_at', 'a handle');
CREATE TRIGGER impersonation_once BEFORE UPDATE OR DELETE ON impersonation_code
    FOR EACH ROW EXECUTE FUNCTION impersonation_once('used_at', 'used_at,token_id', 'a code');
CREATE TRIGGER impersonation_once BEFORE UPDATE OR DELETE ON impersonation_actionrun
    FOR EACH ROW EXECUTE FUNCTION impersonation_once('finished_at', 'finished_at,outcome,sentence', 'a run of an action');
ALTER TABLE impersonation_handle ENABLE ALWAYS TRIGGER impersonation_once;
ALTER TABLE impersonation_code ENABLE ALWAYS TRIGGER impersonation_once;
ALTER TABLE impersonation_actionrun ENABLE ALWAYS TRIGGER impersonation_once;
