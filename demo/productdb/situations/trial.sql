-- A tenant that has not paid yet: fourteen days of trial.
delete from charges where tenant_id = %(tenant)s;

delete from billing_invoices where billing_account_id in
       (select id from billing_accounts where tenant_id = %(tenant)s);

update tenants set status = 'trialing' where id = %(tenant)s;

update subscriptions set status = 'trialing', renews_at = null,
       changed_at = %(now)s + make_interval(days => %(days_left)s - 14),
       trial_ends_at = %(now)s + make_interval(days => %(days_left)s)
where tenant_id = %(tenant)s;

-- A tenant on trial has no history from before it joined.
update tenants set created_at = %(now)s + make_interval(days => %(days_left)s - 14) where id = %(tenant)s;

update users u set created_at = t.created_at from tenants t where t.id = u.tenant_id and t.id = %(tenant)s;

update entitlements e set applied_at = t.created_at from tenants t where t.id = e.tenant_id and t.id = %(tenant)s;

update billing_accounts b set active_from = t.created_at
from tenants t where t.id = b.tenant_id and t.id = %(tenant)s;

delete from sign_ins x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.at < t.created_at;

delete from email_deliveries x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.at < t.created_at;

delete from api_requests x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.at < t.created_at;

delete from invoices x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.created_at < t.created_at;

delete from settings_changes x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.at < t.created_at;

delete from account_notes x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.at < t.created_at;

delete from imports x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.started_at < t.created_at;

delete from sync_jobs x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.queued_at < t.created_at;

delete from invites x using tenants t where t.id = x.tenant_id and t.id = %(tenant)s and x.invited_at < t.created_at;

delete from webhook_deliveries d using webhook_endpoints e, tenants t
where e.id = d.endpoint_id and t.id = e.tenant_id and t.id = %(tenant)s and d.at < t.created_at;

update entitlement_features f set changed_at = t.created_at
from tenants t where t.id = f.tenant_id and t.id = %(tenant)s;
