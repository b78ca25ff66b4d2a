-- The newest charge becomes a failed one, its invoice open, the subscription past due.
update charges set status = 'failed', failure_code = %(code)s,
       created_at = %(now)s - make_interval(days => %(days)s), retry_at = %(now)s + interval '1 day'
where id = (select id from charges where tenant_id = %(tenant)s order by created_at desc limit 1);

update billing_invoices i set state = 'O', issued_at = c.created_at - interval '2 minutes',
       due_on = (c.created_at + interval '14 days')::date
from charges c where c.invoice_number = i.number and c.tenant_id = %(tenant)s and c.status = 'failed';

update subscriptions set status = 'past_due' where tenant_id = %(tenant)s;

update tenants set status = 'past_due' where id = %(tenant)s;
