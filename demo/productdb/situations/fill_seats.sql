-- New users until only `free` seats are left.
insert into users
select md5(t.id::text || 'user' || n)::uuid, t.id, 'draughts-' || n || '@' || d.domain,
       'Draughts ' || n || ' of ' || t.name, null, 'viewer', 'active',
       'pbkdf2_sha256$600000$' || md5(n::text) || '$' || md5(t.slug || n) || md5(n || t.slug), false,
       %(now)s - make_interval(days => 10 + n), %(now)s - make_interval(hours => 3 * n)
from tenants t, lateral (select domain from tenant_domains where tenant_id = t.id order by domain desc limit 1) d,
     generate_series(1, (select e.seats - %(free)s - count(*) from entitlements e join users u using (tenant_id)
                         where e.tenant_id = %(tenant)s and u.status = 'active' group by e.seats)::int) n
where t.id = %(tenant)s;
