-- How far the sealed log was read: only ever on, and never past what is sealed. Past it nothing would ever be found again, in silence.
CREATE FUNCTION grants_place_in_log() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.log, NEW.position) < (OLD.log, OLD.position) THEN
        PERFORM grants_refuse('the log is read on, never back; delete the row to read all of it again');
    END IF;
    IF (NEW.log, NEW.position) <> (0, -1)
        AND NOT EXISTS (SELECT 1 FROM audit_seal_leaf l WHERE l.log = NEW.log AND l.position = NEW.position) THEN
        PERFORM grants_refuse('no such entry is sealed');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_place_in_log BEFORE INSERT OR UPDATE ON grants_matchplace FOR EACH ROW EXECUTE FUNCTION grants_place_in_log();
ALTER TABLE grants_matchplace ENABLE ALWAYS TRIGGER grants_place_in_log;
CREATE TRIGGER grants_place_in_log BEFORE INSERT OR UPDATE ON grants_flagplace FOR EACH ROW EXECUTE FUNCTION grants_place_in_log();
ALTER TABLE grants_flagplace ENABLE ALWAYS TRIGGER grants_place_in_log;
