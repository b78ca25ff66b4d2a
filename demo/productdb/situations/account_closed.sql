-- A customer that left a month ago; its rows are kept for a while.
update tenants set status = 'closed', deleted_at = %(now)s - interval '30 days' where id = %(tenant)s;

update subscriptions set status = 'canceled', renews_at = null, changed_at = %(now)s - interval '30 days'
where tenant_id = %(tenant)s;

delete from charges where tenant_id = %(tenant)s and created_at > %(now)s - interval '30 days';
