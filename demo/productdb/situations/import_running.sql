-- An import that is simply not done yet.
insert into imports
select (select min(id) - 1 from imports), u.tenant_id, 'products', 'products.csv', 'running', 4000, 2480,
       null, null, null, u.id, %(now)s - interval '6 minutes', %(now)s - interval '20 seconds', null
from users u where u.tenant_id = %(tenant)s order by u.created_at limit 1;
