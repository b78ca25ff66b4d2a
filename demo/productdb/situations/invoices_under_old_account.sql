-- Billing moved to a new legal entity nine days ago; the invoices before stay with the old account.
update billing_accounts set active_until = %(now)s - interval '9 days' where tenant_id = %(tenant)s;

insert into billing_accounts
select md5(id::text || 'next')::uuid, tenant_id, 'BA-' || (right(number, 6)::int + 1), replace(legal_name, ' Ltd', ' Holding Ltd'),
       'invoices@' || split_part(billing_email, '@', 2), null, currency, active_until, null
from billing_accounts where tenant_id = %(tenant)s;
