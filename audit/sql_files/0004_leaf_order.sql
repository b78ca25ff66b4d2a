-- Whoever adds leaves, the sealer or somebody with the app's credential, adds them at the end of the present log and leaves no gap. One check
-- a statement: a batch of the sealer is one.
CREATE FUNCTION audit_leaf_is_next() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    present integer;
    logs bigint;
    first bigint;
    last bigint;
    added_count bigint;
BEGIN
    SELECT max(number) INTO present FROM audit_seal_log;
    SELECT count(DISTINCT log), min(position), max(position), count(*) INTO logs, first, last, added_count FROM added;
    IF added_count = 0 THEN
        RETURN NULL;
    END IF;
    IF present IS NULL OR logs <> 1 OR (SELECT min(log) FROM added) <> present OR first < 0 OR added_count <> last - first + 1
        OR (first > 0 AND NOT EXISTS (SELECT 1 FROM audit_seal_leaf l WHERE l.log = present AND l.position = first - 1))
        OR EXISTS (SELECT 1 FROM audit_seal_leaf l WHERE l.log = present AND l.position > last) THEN
        RAISE EXCEPTION 'a leaf is added at the next position of the present log' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_leaf_is_next AFTER INSERT ON audit_seal_leaf REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_leaf_is_next();
ALTER TABLE audit_seal_leaf ENABLE ALWAYS TRIGGER audit_leaf_is_next;
