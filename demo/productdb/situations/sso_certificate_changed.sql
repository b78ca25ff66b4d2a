-- The identity provider signs with a new certificate since yesterday; the one kept here is the old one.
update sso_connections set status = 'failing',
       certificate_they_sign_with = md5(certificate_we_hold)::text,
       certificate_changed_at = %(now)s - interval '19 hours', last_ok_at = %(now)s - interval '20 hours',
       last_error = 'The signature does not match the certificate we hold'
where tenant_id = %(tenant)s;

delete from sign_ins where tenant_id = %(tenant)s and at > %(now)s - interval '19 hours'
       and method = 'sso' and outcome = 'ok';

insert into sign_ins (tenant_id, user_id, method, outcome, failure_code, ip, user_agent, at)
select u.tenant_id, u.id, 'sso', 'failed', 'sso_signature', '203.0.113.77', 'Mozilla/5.0 Firefox/143.0',
       %(now)s - make_interval(mins => 28 * n::int)
from (select *, row_number() over (order by created_at, id) as n from users
      where tenant_id = %(tenant)s and status = 'active') u
where n <= 37;
