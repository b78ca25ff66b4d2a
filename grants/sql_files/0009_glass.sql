-- Break-glass: an emergency start has no approval, so it owes a review. The row is written with it and changes once, by the review.
CREATE FUNCTION grants_glass_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM grants_refuse('a break-glass is evidence and is never removed');
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.reviewed_at IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM grants_accessrequest r
            WHERE r.id = NEW.request_id AND r.person_id = NEW.person_id AND r.kind = 'break_glass'
        ) THEN
            PERFORM grants_refuse('a break-glass belongs to its own emergency start and is reviewed afterwards');
        END IF;
    ELSIF OLD.reviewed_at IS NOT NULL THEN
        PERFORM grants_refuse('a break-glass that was reviewed never changes');
    ELSIF to_jsonb(NEW) - '{reviewer_id,verdict,word,reviewed_at}'::text[]
        <> to_jsonb(OLD) - '{reviewer_id,verdict,word,reviewed_at}'::text[] THEN
        PERFORM grants_refuse('of a break-glass only its review is written later');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_guard BEFORE INSERT OR UPDATE OR DELETE ON grants_breakglass FOR EACH ROW EXECUTE FUNCTION grants_glass_fits();
ALTER TABLE grants_breakglass ENABLE ALWAYS TRIGGER grants_guard;

-- A grant without approvals begins only while its review is owed, at once, for no longer than was asked; it is not passed on.
CREATE FUNCTION grants_glass_grant_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    asked grants_accessrequest%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM grants_accessrequest r WHERE r.id = NEW.request_id;
    IF asked.kind <> 'break_glass' THEN
        RETURN NEW;
    END IF;
    IF NEW.handed_over_from_id IS NOT NULL THEN
        PERFORM grants_refuse('an emergency start is not handed over');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM grants_breakglass b WHERE b.request_id = NEW.request_id AND b.reviewed_at IS NULL) THEN
        PERFORM grants_refuse('an emergency start owes a review');
    END IF;
    IF NEW.starts_at < asked.asked_at OR NEW.starts_at > asked.asked_at + interval '1 minute'
        OR NEW.expires_at > NEW.starts_at + make_interval(mins => least(asked.minutes, asked.longest_minutes)) THEN
        PERFORM grants_refuse('an emergency start begins at once and is never longer than what was asked');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_glass_grant_fits BEFORE INSERT ON grants_grant FOR EACH ROW EXECUTE FUNCTION grants_glass_grant_fits();
ALTER TABLE grants_grant ENABLE ALWAYS TRIGGER grants_glass_grant_fits;

CREATE FUNCTION grants_glass_not_extended() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM grants_grant g JOIN grants_accessrequest r ON r.id = g.request_id
               WHERE g.id = NEW.extends_id AND r.kind = 'break_glass') THEN
        PERFORM grants_refuse('an emergency start is not extended');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_glass_not_extended BEFORE INSERT ON grants_accessrequest FOR EACH ROW
    WHEN (NEW.extends_id IS NOT NULL) EXECUTE FUNCTION grants_glass_not_extended();
ALTER TABLE grants_accessrequest ENABLE ALWAYS TRIGGER grants_glass_not_extended;

-- What the policy decides by itself: one plain request of a person for themselves, that needs one approval, and nothing of high risk.
CREATE FUNCTION grants_rule_decides() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM grants_accessrequest r WHERE r.id = NEW.request_id AND r.kind = 'asked' AND r.extends_id IS NULL
                   AND r.requester_id = r.person_id AND r.approvals_needed = 1)
        OR EXISTS (SELECT 1 FROM grants_requestscope s WHERE s.request_id = NEW.request_id AND s.consequence = 'high_risk') THEN
        PERFORM grants_refuse('the policy never decides this by itself');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_rule_decides BEFORE INSERT ON grants_approval FOR EACH ROW
    WHEN (NEW.rule <> '') EXECUTE FUNCTION grants_rule_decides();
ALTER TABLE grants_approval ENABLE ALWAYS TRIGGER grants_rule_decides;
