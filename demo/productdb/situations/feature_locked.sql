-- The last charge was declined two days ago; a day later a paid feature was locked.
update entitlement_features set state = 'locked', reason = 'payment_failed',
       changed_at = %(now)s - interval '26 hours'
where tenant_id = %(tenant)s and feature = 'recurring_invoices';
