-- An access review that is closed stays as it is, and so does every line that was answered; nothing of either is ever removed.
CREATE FUNCTION grants_campaign_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grants_refuse('an access review is evidence and is never removed');
    ELSIF OLD.closed_at IS NOT NULL THEN
        PERFORM grants_refuse('a closed access review never changes');
    ELSIF (NEW.id, NEW.title, NEW.about, NEW.subject, NEW.quarter, NEW.opened_at, NEW.opened_by_id, NEW.due_at, NEW.policy_version)
        IS DISTINCT FROM
        (OLD.id, OLD.title, OLD.about, OLD.subject, OLD.quarter, OLD.opened_at, OLD.opened_by_id, OLD.due_at, OLD.policy_version) THEN
        PERFORM grants_refuse('what an access review is about never changes');
    ELSIF NEW.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM grants_campaignitem i WHERE i.campaign_id = NEW.id AND i.decision = '') THEN
        PERFORM grants_refuse('an access review is closed when every line is answered');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER grants_campaign_stays BEFORE UPDATE OR DELETE ON grants_campaign FOR EACH ROW EXECUTE FUNCTION grants_campaign_stays();
ALTER TABLE grants_campaign ENABLE ALWAYS TRIGGER grants_campaign_stays;

CREATE FUNCTION grants_campaignitem_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM grants_campaign c WHERE c.id = NEW.campaign_id AND c.closed_at IS NOT NULL) THEN
            PERFORM grants_refuse('a closed access review takes no further line');
        END IF;
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM grants_refuse('a line of an access review is evidence and is never removed');
    ELSIF OLD.decision <> '' THEN
        PERFORM grants_refuse('an answered line of an access review never changes');
    ELSIF (NEW.id, NEW.campaign_id, NEW.place, NEW.person_id, NEW.kind, NEW.role, NEW.right_id, NEW.what, NEW.since, NEW.owner, NEW.reason,
           NEW.last_used_at)
        IS DISTINCT FROM
        (OLD.id, OLD.campaign_id, OLD.place, OLD.person_id, OLD.kind, OLD.role, OLD.right_id, OLD.what, OLD.since, OLD.owner, OLD.reason,
         OLD.last_used_at) THEN
        PERFORM grants_refuse('what a line of an access review is about never changes');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER grants_campaignitem_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_campaignitem
    FOR EACH ROW EXECUTE FUNCTION grants_campaignitem_stays();
ALTER TABLE grants_campaignitem ENABLE ALWAYS TRIGGER grants_campaignitem_stays;
