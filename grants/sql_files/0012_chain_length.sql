-- Where the length of an access is counted from: a hand-over passes on what is left and begins nothing anew.
ALTER TABLE grants_grant DISABLE TRIGGER USER;
WITH RECURSIVE chain AS (
    SELECT id, starts_at AS first FROM grants_grant WHERE handed_over_from_id IS NULL
    UNION ALL
    SELECT g.id, c.first FROM grants_grant g JOIN chain c ON g.handed_over_from_id = c.id
)
UPDATE grants_grant g SET counts_from = chain.first FROM chain WHERE chain.id = g.id;
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'grants_grant'::regclass LOOP
        EXECUTE format('ALTER TABLE grants_grant ENABLE ALWAYS TRIGGER %I', found.tgname);
    END LOOP;
END $$;

CREATE FUNCTION grants_counts_from() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.counts_from := coalesce((SELECT g.counts_from FROM grants_grant g WHERE g.id = NEW.handed_over_from_id), NEW.starts_at);
    RETURN NEW;
END $$;
CREATE TRIGGER grants_counts_from BEFORE INSERT ON grants_grant FOR EACH ROW EXECUTE FUNCTION grants_counts_from();
ALTER TABLE grants_grant ENABLE ALWAYS TRIGGER grants_counts_from;

-- More time counts over the whole access, whoever held it when it was approved.
CREATE FUNCTION grants_minutes_further(asked uuid) RETURNS integer LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(grants_minutes_approved(r.id)), 0)::integer FROM grants_accessrequest r
    JOIN grants_grant g ON g.id = r.extends_id WHERE g.request_id = asked AND r.status = 'approved'
$$;
CREATE OR REPLACE FUNCTION grants_grant_extended() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first grants_accessrequest%ROWTYPE;
BEGIN
    SELECT * INTO first FROM grants_accessrequest r WHERE r.id = NEW.request_id;
    IF OLD.ended_at IS NOT NULL OR OLD.expires_at <= clock_timestamp() OR NEW.expires_at < OLD.expires_at THEN
        PERFORM grants_refuse('only a grant that lives is extended');
    END IF;
    IF NEW.expires_at > NEW.counts_from
        + make_interval(mins => least(grants_minutes_approved(first.id) + grants_minutes_further(first.id), first.longest_minutes)) THEN
        PERFORM grants_refuse('a grant is never longer than what was asked and approved');
    END IF;
    RETURN NEW;
END $$;

-- Nobody reviews what they asked for, held or decided on, and only what is over is reviewed.
CREATE FUNCTION grants_review_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first uuid;
BEGIN
    SELECT g.request_id INTO first FROM grants_grant g WHERE g.id = NEW.grant_id AND least(g.ended_at, g.expires_at) <= clock_timestamp();
    IF NOT FOUND THEN
        PERFORM grants_refuse('access is reviewed when it is over');
    END IF;
    IF EXISTS (SELECT 1 FROM grants_grant g WHERE g.request_id = first AND NEW.reviewer_id IN (g.person_id, g.ended_by_id))
        OR EXISTS (SELECT 1 FROM grants_accessrequest r WHERE r.id IN (SELECT grants_chain_of(first))
                   AND NEW.reviewer_id IN (r.requester_id, r.person_id))
        OR EXISTS (SELECT 1 FROM grants_approval a WHERE a.request_id IN (SELECT grants_chain_of(first)) AND a.decider_id = NEW.reviewer_id) THEN
        PERFORM grants_refuse('nobody reviews access that they asked for, held or decided on');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_review_fits BEFORE INSERT ON grants_grantreview FOR EACH ROW
    WHEN (NEW.grant_id IS NOT NULL) EXECUTE FUNCTION grants_review_fits();
ALTER TABLE grants_grantreview ENABLE ALWAYS TRIGGER grants_review_fits;
