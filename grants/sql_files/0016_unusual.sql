-- Nobody says a word on a flag about themselves, and a dismissed flag takes no further word.
CREATE FUNCTION grants_flagword_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM grants_unusualflag f WHERE f.id = NEW.flag_id AND f.person_id = NEW.reviewer_id) THEN
        PERFORM grants_refuse('nobody reviews what is about them');
    END IF;
    IF EXISTS (SELECT 1 FROM grants_flagword w WHERE w.flag_id = NEW.flag_id AND w.word = 'dismissed') THEN
        PERFORM grants_refuse('a dismissed flag takes no further word');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_flagword_fits BEFORE INSERT ON grants_flagword FOR EACH ROW EXECUTE FUNCTION grants_flagword_fits();
ALTER TABLE grants_flagword ENABLE ALWAYS TRIGGER grants_flagword_fits;
