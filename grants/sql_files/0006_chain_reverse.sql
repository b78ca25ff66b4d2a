DROP TRIGGER grants_extension_decided ON grants_approval;
DROP FUNCTION grants_extension_decided();
CREATE OR REPLACE FUNCTION grants_grantscope_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR pg_trigger_depth() < 2 OR to_jsonb(NEW) - 'until' <> to_jsonb(OLD) - 'until' THEN
        PERFORM grants_refuse('the scopes of a grant follow the grant and are never written alone');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION grants_handed_scope_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM grants_grant g WHERE g.id = NEW.grant_id AND g.handed_over_from_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM grants_grantscope s WHERE s.grant_id = g.handed_over_from_id AND s.scope = NEW.scope)) THEN
        PERFORM grants_refuse('a hand-over passes on what is left, and nothing more');
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION grants_chain_of(uuid);
