-- The newest import stopped at row 431 of 2,000 because of a date that does not exist.
insert into imports
select (select max(id) + 1 from imports), u.tenant_id, 'invoices', 'invoices-october.csv', 'stopped', 2000, 430,
       431, 'The date in column due_on does not exist', '31/11/2026', u.id, %(now)s - interval '74 minutes',
       %(now)s - interval '73 minutes', %(now)s - interval '73 minutes'
from users u where u.tenant_id = %(tenant)s and u.role = 'admin' order by u.created_at limit 1;
