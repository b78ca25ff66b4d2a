-- The same change, with both sides told.
update sso_connections set certificate_changed_at = %(now)s - interval '2 days'
where tenant_id = %(tenant)s;
