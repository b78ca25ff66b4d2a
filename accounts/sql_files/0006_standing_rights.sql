-- What guardian holds already gets its terms from the event it was given with, and is looked at again within a month.
INSERT INTO accounts_standingright
    (id, person_id, permission_id, object_key, object_label, kind, owner, reason, since, review_on, end_cause)
SELECT gen_random_uuid(), g.user_id, g.permission_id, g.object_pk, coalesce(nullif(e.tenant_label, ''), g.object_pk), 'standing',
       coalesce(nullif(e.fields ->> 'owner', ''), 'Not written down'), coalesce(nullif(e.fields ->> 'reason', ''), 'Not written down'),
       coalesce(e.at, clock_timestamp()), current_date + 30, ''
FROM guardian_userobjectpermission g LEFT JOIN LATERAL (
    SELECT at, tenant_label, fields FROM audit_event
    WHERE type = 'object_right.given' AND object_id = g.user_id::text AND tenant_id = g.object_pk ORDER BY at DESC LIMIT 1
) e ON true;

-- Guardian's row and the open standing right are two halves of one thing: at COMMIT there are both or neither.
CREATE FUNCTION accounts_rights_agree(holder uuid, what integer, key text) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM guardian_userobjectpermission g
               WHERE g.user_id = holder AND g.permission_id = what AND g.object_pk = key)
       <> EXISTS (SELECT 1 FROM accounts_standingright r
                  WHERE r.person_id = holder AND r.permission_id = what AND r.object_key = key AND r.ended_at IS NULL) THEN
        RAISE EXCEPTION 'a right on an object stands in guardian with its terms, or not at all'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION accounts_right_agrees() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_standingright' THEN
        IF TG_OP <> 'INSERT' THEN PERFORM accounts_rights_agree(OLD.person_id, OLD.permission_id, OLD.object_key); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM accounts_rights_agree(NEW.person_id, NEW.permission_id, NEW.object_key); END IF;
    ELSE
        IF TG_OP <> 'INSERT' THEN PERFORM accounts_rights_agree(OLD.user_id, OLD.permission_id, OLD.object_pk); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM accounts_rights_agree(NEW.user_id, NEW.permission_id, NEW.object_pk); END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER standing_right_agrees AFTER INSERT OR UPDATE OR DELETE ON accounts_standingright
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_right_agrees();
ALTER TABLE accounts_standingright ENABLE ALWAYS TRIGGER standing_right_agrees;
CREATE CONSTRAINT TRIGGER standing_right_agrees AFTER INSERT OR UPDATE OR DELETE ON guardian_userobjectpermission
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_right_agrees();
ALTER TABLE guardian_userobjectpermission ENABLE ALWAYS TRIGGER standing_right_agrees;

-- Who holds what, since when, stays as it was given; what has ended stays ended; nothing is deleted. Groups hold nothing.
CREATE FUNCTION accounts_right_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a standing right is ended, never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'this right has ended' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.id, OLD.person_id, OLD.permission_id, OLD.object_key, OLD.since)
       IS DISTINCT FROM (NEW.id, NEW.person_id, NEW.permission_id, NEW.object_key, NEW.since) THEN
        RAISE EXCEPTION 'who holds a right on what does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER standing_right_keeps BEFORE UPDATE OR DELETE ON accounts_standingright
    FOR EACH ROW EXECUTE FUNCTION accounts_right_keeps();
ALTER TABLE accounts_standingright ENABLE ALWAYS TRIGGER standing_right_keeps;

ALTER TABLE guardian_groupobjectpermission ADD CONSTRAINT accounts_groups_hold_no_rights CHECK (false);
