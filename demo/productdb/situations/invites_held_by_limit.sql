-- All invitations of the last 24 hours are used up; fourteen wait for the limit to free.
update send_limits set used_24h = allowed_24h, reached_at = %(now)s - interval '3 hours',
       frees_at = %(now)s + interval '9 hours'
where tenant_id = %(tenant)s and kind = 'invite';

insert into invites
select md5(t.id::text || 'limit' || n)::uuid, t.id, 'chairside-' || n || '@' || d.domain, 'viewer', 'held',
       'daily_limit', 'inv_' || md5(t.id::text || n) || md5(n || t.id::text),
       %(now)s - make_interval(mins => 12 * n), %(now)s + interval '9 hours'
from tenants t, lateral (select domain from tenant_domains where tenant_id = t.id order by domain limit 1) d,
     generate_series(1, 14) n
where t.id = %(tenant)s;

insert into email_deliveries (tenant_id, kind, recipient, subject, body_head, status, reason, at)
select i.tenant_id, 'invite', i.email, 'You are invited to ' || t.name,
       'Hello, please see https://app.quillfold.example/invite?token=' || i.token, 'held',
       'The limit of invitations in 24 hours is reached', i.invited_at
from invites i join tenants t on t.id = i.tenant_id
where i.tenant_id = %(tenant)s and i.hold_reason = 'daily_limit';
