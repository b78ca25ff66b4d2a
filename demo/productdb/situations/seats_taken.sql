-- Every seat is taken and three invitations wait for a free one.
insert into invites
select md5(t.id::text || 'seat' || n)::uuid, t.id, 'studio-' || n || '@' || d.domain, 'viewer', 'held', 'no_seat',
       'inv_' || md5(t.id::text || n) || md5(n || t.id::text), %(now)s - make_interval(hours => 5 * n), null
from tenants t, lateral (select domain from tenant_domains where tenant_id = t.id order by domain desc limit 1) d,
     generate_series(1, 3) n
where t.id = %(tenant)s;
