-- Nobody closes what was found about access that they asked for, held, ended or decided on.
CREATE FUNCTION grants_findingword_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first uuid;
BEGIN
    SELECT g.request_id INTO first FROM grants_usefinding f JOIN grants_grant g ON g.id = f.grant_id WHERE f.id = NEW.finding_id;
    IF EXISTS (SELECT 1 FROM grants_grant g WHERE g.request_id = first AND NEW.reviewer_id IN (g.person_id, g.ended_by_id))
        OR EXISTS (SELECT 1 FROM grants_accessrequest r WHERE r.id IN (SELECT grants_chain_of(first))
                   AND NEW.reviewer_id IN (r.requester_id, r.person_id))
        OR EXISTS (SELECT 1 FROM grants_approval a WHERE a.request_id IN (SELECT grants_chain_of(first)) AND a.decider_id = NEW.reviewer_id) THEN
        PERFORM grants_refuse('nobody reviews access that they asked for, held or decided on');
    END IF;
    IF NEW.after > (SELECT count(*) FROM grants_findingevent e WHERE e.finding_id = NEW.finding_id) THEN
        PERFORM grants_refuse('a finding is closed after the events that it has');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_findingword_fits BEFORE INSERT ON grants_findingword FOR EACH ROW EXECUTE FUNCTION grants_findingword_fits();
ALTER TABLE grants_findingword ENABLE ALWAYS TRIGGER grants_findingword_fits;

-- One period after the other, with nothing between them, and none of a time to come.
CREATE FUNCTION grants_period_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    last grants_periodreview%ROWTYPE;
BEGIN
    SELECT * INTO last FROM grants_periodreview ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.since > last.until OR NEW.until <= last.until OR NEW.until > clock_timestamp() THEN
        PERFORM grants_refuse('a reviewed period follows the one before it and ends now');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_period_follows BEFORE INSERT ON grants_periodreview FOR EACH ROW EXECUTE FUNCTION grants_period_follows();
ALTER TABLE grants_periodreview ENABLE ALWAYS TRIGGER grants_period_follows;
