-- What a legal hold that stands covers: the one place where that is written. Sweeps, the archive and the trigger below ask it.
-- A branch for each column, so that each finds its index.
CREATE FUNCTION audit_held() RETURNS TABLE (event_id uuid, at timestamptz, hold_id uuid) LANGUAGE sql STABLE AS $$
    SELECT covered.id, covered.at, h.id FROM public.audit_legalhold h CROSS JOIN LATERAL (
        SELECT e.id, e.at FROM public.audit_event e WHERE h.kind = 'tenant' AND e.tenant_id = h.subject AND e.tenant_id <> ''
        UNION ALL
        SELECT e.id, e.at FROM public.audit_event e WHERE h.kind = 'case' AND e.ticket = h.subject AND e.ticket <> ''
        UNION ALL
        SELECT e.id, e.at FROM public.audit_event e
        WHERE h.kind = 'case' AND e.case_id = CASE WHEN h.subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN h.subject::uuid END
        UNION ALL
        SELECT e.id, e.at FROM public.audit_event e WHERE h.kind = 'person' AND e.actor_id = h.subject AND e.actor_id <> ''
        UNION ALL
        SELECT e.id, e.at FROM public.audit_event e
        WHERE h.kind = 'person' AND (e.subject_id = h.subject OR (e.object_type = 'person' AND e.object_id = h.subject))
        UNION ALL
        SELECT e.id, e.at FROM public.audit_event e WHERE h.kind = 'period') AS covered
    WHERE h.lifted_at IS NULL
      AND covered.at >= coalesce(h.since, '-infinity') AND covered.at <= coalesce(h.until, 'infinity')
$$;

CREATE FUNCTION audit_hold_refuses() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_held() held WHERE held.event_id = OLD.event_id) THEN
        RAISE EXCEPTION 'a legal hold stands on this value' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER audit_hold_refuses BEFORE DELETE ON audit_private_value FOR EACH ROW EXECUTE FUNCTION audit_hold_refuses();
ALTER TABLE audit_private_value ENABLE ALWAYS TRIGGER audit_hold_refuses;

-- What was placed never changes, and a hold is lifted once, whoever writes.
CREATE FUNCTION audit_hold_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.subject, NEW.about, NEW.since, NEW.until, NEW.ticket, NEW.reason, NEW.refs, NEW.placed_by_id, NEW.placed_by_label,
        NEW.placed_at)
        IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.subject, OLD.about, OLD.since, OLD.until, OLD.ticket, OLD.reason, OLD.refs, OLD.placed_by_id, OLD.placed_by_label,
        OLD.placed_at) THEN
        RAISE EXCEPTION 'what a legal hold was placed on does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.lifted_at IS NOT NULL THEN
        RAISE EXCEPTION 'a legal hold is lifted once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_hold_moves BEFORE UPDATE ON audit_legalhold FOR EACH ROW EXECUTE FUNCTION audit_hold_moves();
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_legalhold FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_legalhold ENABLE ALWAYS TRIGGER audit_hold_moves;
ALTER TABLE audit_legalhold ENABLE ALWAYS TRIGGER audit_no_delete;

-- Only for the owner: takes a month out of the log once its signed file was read back. Asked again here, where
-- nobody can add to it or place a hold: nothing of it is held, kept apart or unsealed, and it has as many events as the file.
CREATE FUNCTION audit_drop_month(month text, expected bigint) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'audit_event_' || replace(month, '-', '_');
    found bigint;
    sealed bigint;
    stopped bigint;
BEGIN
    IF month !~ '^\d{4}-\d{2}$' OR (month || '-01')::date + interval '1 month' > now() AT TIME ZONE 'UTC' THEN
        RAISE EXCEPTION 'only a month that is over can be archived' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(7305124190214502);  -- also taken by the verbs that place a hold or erase
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', name);
    EXECUTE format('SELECT count(*), count(l.event_id), count(*) FILTER (
                        WHERE EXISTS (SELECT 1 FROM audit_private_value v WHERE v.event_id = e.id))
                    FROM %I e LEFT JOIN audit_seal_leaf l ON l.event_id = e.id', name) INTO found, sealed, stopped;
    IF found <> expected OR sealed <> expected OR stopped > 0 THEN
        RAISE EXCEPTION 'the month % is not what its file holds, or values are still kept', month USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM audit_held() h WHERE h.at >= (month || '-01')::timestamp AT TIME ZONE 'UTC'
               AND h.at < ((month || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC') THEN
        RAISE EXCEPTION 'a legal hold stands on the month %', month USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('ALTER TABLE audit_event DETACH PARTITION %I', name);
    EXECUTE format('DROP TABLE %I', name);
END $$;
REVOKE EXECUTE ON FUNCTION audit_drop_month(text, bigint) FROM PUBLIC;
