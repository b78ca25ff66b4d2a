-- What was refused or failed is rare, and searched for: an index of its own, which what went well never enters.
CREATE INDEX audit_event_outcome ON audit_event (outcome, at DESC, id DESC) WHERE outcome <> 'ok';

-- Which names people and tenants had in sealed events, so that a name is found without reading the log. No evidence: it says nothing that
-- the events do not say, and goes with them.
CREATE TABLE audit_name (
    what text NOT NULL CHECK (what IN ('actor', 'tenant')),
    id text NOT NULL,
    label text NOT NULL,
    PRIMARY KEY (what, id, label)
);
INSERT INTO audit_name
    SELECT DISTINCT 'actor', actor_id, actor_label FROM audit_event WHERE actor_label <> ''
    UNION SELECT DISTINCT 'tenant', tenant_id, tenant_label FROM audit_event WHERE tenant_label <> '';
