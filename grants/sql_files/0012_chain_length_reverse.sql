DROP TRIGGER grants_review_fits ON grants_grantreview;
DROP FUNCTION grants_review_fits();
CREATE OR REPLACE FUNCTION grants_grant_extended() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first grants_accessrequest%ROWTYPE;
    further integer;
BEGIN
    SELECT * INTO first FROM grants_accessrequest r WHERE r.id = NEW.request_id;
    SELECT coalesce(sum(grants_minutes_approved(r.id)), 0) INTO further FROM grants_accessrequest r
        WHERE r.extends_id = NEW.id AND r.status = 'approved';
    IF OLD.ended_at IS NOT NULL OR OLD.expires_at <= clock_timestamp() OR NEW.expires_at < OLD.expires_at THEN
        PERFORM grants_refuse('only a grant that lives is extended');
    END IF;
    IF NEW.expires_at > NEW.starts_at
        + make_interval(mins => least(grants_minutes_approved(first.id) + further, first.longest_minutes)) THEN
        PERFORM grants_refuse('a grant is never longer than what was asked and approved');
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION grants_minutes_further(uuid);
DROP TRIGGER grants_counts_from ON grants_grant;
DROP FUNCTION grants_counts_from();
