-- What was asked of a pack never changes, and only these moves of its state are possible, whoever writes.
CREATE FUNCTION audit_evidence_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.subject, NEW.about, NEW.since, NEW.until, NEW.reason, NEW.with_values, NEW.refs, NEW.asked_by_id, NEW.asked_by_label,
        NEW.asked_at)
        IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.subject, OLD.about, OLD.since, OLD.until, OLD.reason, OLD.with_values, OLD.refs, OLD.asked_by_id, OLD.asked_by_label,
        OLD.asked_at) THEN
        RAISE EXCEPTION 'what was asked of an evidence pack does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('waiting', 'making'), ('waiting', 'denied'), ('waiting', 'lapsed'), ('making', 'ready'),
                                      ('making', 'failed'), ('ready', 'expired')) THEN
        RAISE EXCEPTION 'an evidence pack does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_evidence_moves BEFORE UPDATE ON audit_evidencepack FOR EACH ROW EXECUTE FUNCTION audit_evidence_moves();
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_evidencepack FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit_evidencepart FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_evidencepack ENABLE ALWAYS TRIGGER audit_evidence_moves;
ALTER TABLE audit_evidencepack ENABLE ALWAYS TRIGGER audit_no_delete;
ALTER TABLE audit_evidencepart ENABLE ALWAYS TRIGGER audit_no_change;
