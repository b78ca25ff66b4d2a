-- Approving many at once is on for everybody, and off for the people in Warehouse.
insert into flag_overrides
select md5(g.id::text)::uuid, 'bulk_approve', g.tenant_id, g.id, false, %(now)s - interval '3 days', u.id
from user_groups g, lateral (select id from users where tenant_id = g.tenant_id order by created_at limit 1) u
where g.tenant_id = %(tenant)s and g.name = 'Warehouse';
