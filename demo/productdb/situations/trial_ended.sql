-- A trial that ran out two days ago; nothing was ever paid, and what is paid for is locked.
update subscriptions set status = 'trial_ended' where tenant_id = %(tenant)s;

update tenants set status = 'trial_ended' where id = %(tenant)s;

update entitlement_features set state = 'locked', reason = 'trial_ended',
       changed_at = %(now)s - interval '2 days'
where tenant_id = %(tenant)s and feature in ('invoices', 'reminders');
