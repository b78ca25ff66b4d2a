-- Access that was extended or handed over stays one access: whoever asked for it, held it or decided on any part of it stays what they were.
CREATE FUNCTION grants_chain_of(asked uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT asked UNION SELECT r.id FROM grants_accessrequest r JOIN grants_grant g ON g.id = r.extends_id WHERE g.request_id = asked
$$;

CREATE OR REPLACE FUNCTION grants_handed_scope_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM grants_grant g WHERE g.id = NEW.grant_id AND g.handed_over_from_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM grants_grantscope s WHERE s.grant_id = g.handed_over_from_id AND s.scope = NEW.scope)) THEN
        PERFORM grants_refuse('a hand-over passes on what is left, and nothing more');
    END IF;
    IF EXISTS (SELECT 1 FROM grants_grant g JOIN grants_approval a ON a.decider_id = g.person_id
               WHERE g.id = NEW.grant_id AND a.request_id IN (SELECT grants_chain_of(g.request_id))) THEN
        PERFORM grants_refuse('nobody uses what they decided on');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION grants_extension_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM grants_accessrequest r JOIN grants_grant extended ON extended.id = r.extends_id
               JOIN grants_accessrequest first ON first.id = extended.request_id
               JOIN grants_grant held ON held.request_id = extended.request_id
               WHERE r.id = NEW.request_id AND NEW.decider_id IN (first.requester_id, first.person_id, held.person_id)) THEN
        PERFORM grants_refuse('nobody decides on more time for access that they asked for or held');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grants_extension_decided BEFORE INSERT ON grants_approval FOR EACH ROW EXECUTE FUNCTION grants_extension_decided();
ALTER TABLE grants_approval ENABLE ALWAYS TRIGGER grants_extension_decided;

-- The end of a scope is the end of its grant. How deep in triggers it is written proves nothing: a temporary table has triggers too.
CREATE OR REPLACE FUNCTION grants_grantscope_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'until' <> to_jsonb(OLD) - 'until' OR NOT EXISTS (
        SELECT 1 FROM grants_grant g
        WHERE g.id = NEW.grant_id AND NEW.until = greatest(g.starts_at, least(g.expires_at, g.ended_at))
    ) THEN
        PERFORM grants_refuse('the scopes of a grant follow the grant and are never written alone');
    END IF;
    RETURN NEW;
END $$;
