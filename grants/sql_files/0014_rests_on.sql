-- What a grant rests on, for the check at each use: in a function, so that the plan of it is made once a connection.
CREATE FUNCTION grants_rests_on(asked uuid, present integer) RETURNS text LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN json_build_object(
        'asked', ARRAY(SELECT q.scope FROM grants_requestscope q WHERE q.request_id = asked),
        'said', ARRAY(SELECT m.text FROM grants_requestmessage m WHERE m.request_id = asked ORDER BY m.said_at),
        'decisions', (SELECT json_agg(json_build_array(a.decision, a.digest, a.minutes,
                          ARRAY(SELECT t.scope FROM grants_approvalscope t WHERE t.approval_id = a.id)) ORDER BY a.decided_at)
                      FROM grants_approval a WHERE a.request_id = asked AND a.round = present),
        'further', CASE WHEN EXISTS (SELECT 1 FROM grants_accessrequest x JOIN grants_grant h ON h.id = x.extends_id
                                     WHERE h.request_id = asked) THEN grants_minutes_further(asked) ELSE 0 END
    )::text;
END $$;

-- The grant that gives one person one scope of one tenant now, if any. The policy in force only narrows: it says how long and by which roles.
CREATE FUNCTION grants_live(
    of_person uuid, of_tenant uuid, of_scope text, longest integer, roles text[], glass_longest integer, glass_roles text[], suspended text[]
) RETURNS TABLE (
    id uuid, asked_at timestamptz, until timestamptz, kind text, request_id uuid, person_id uuid, digest text, handed_over_from_id uuid,
    counts_from timestamptz, expires_at timestamptz
) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    SELECT g.id, moment, least(g.expires_at, g.counts_from + make_interval(mins => c.longest)), r.kind::text, g.request_id, g.person_id,
           g.digest::text, g.handed_over_from_id, g.counts_from, g.expires_at
    FROM grants_grantscope s
    JOIN grants_grant g ON g.id = s.grant_id
    JOIN grants_accessrequest r ON r.id = g.request_id AND r.status = 'approved' AND r.digest = g.digest
    JOIN accounts_person p ON p.id = g.person_id AND p.is_active
    JOIN tenants_tenant n ON n.id = g.tenant_id AND n.gone_at IS NULL AND NOT lower(n.status) = ANY(grants_live.suspended)
    CROSS JOIN LATERAL (SELECT
        CASE r.kind WHEN 'asked' THEN grants_live.longest WHEN 'break_glass' THEN grants_live.glass_longest END AS longest,
        CASE r.kind WHEN 'asked' THEN grants_live.roles WHEN 'break_glass' THEN grants_live.glass_roles END AS roles) c
    WHERE s.person_id = of_person AND s.tenant_id = of_tenant AND s.scope = of_scope AND s.until > moment
      AND g.ended_at IS NULL AND g.starts_at <= moment AND moment < g.expires_at
      AND moment < g.counts_from + make_interval(mins => c.longest)
      AND EXISTS (SELECT 1 FROM accounts_rolemembership m WHERE m.person_id = g.person_id AND m.role = ANY(c.roles))
    ORDER BY g.expires_at DESC
    LIMIT 1;
END $$;
