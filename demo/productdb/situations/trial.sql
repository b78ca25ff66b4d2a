-- A tenant that has not paid yet: fourteen days of trial.
delete from charges where tenant_id = %(tenant)s;

delete from billing_invoices where billing_account_id in
       (select id from billing_accounts where tenant_id = %(tenant)s);

update tenants set status = 'trialing' where id = %(tenant)s;

update subscriptions set status = 'trialing', renews_at = null,
       changed_at = %(now)s + make_interval(days => %(days_left)s - 14),
       trial_ends_at = %(now)s + make_interval(days => %(days_left)s)
where tenant_id = %(tenant)s;
