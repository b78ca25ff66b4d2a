-- The newest deliveries all meet the same answer.
update webhook_endpoints set status = %(status)s, last_ok_at = %(now)s - interval '7 hours',
       disabled_at = case when %(status)s = 'disabled' then %(now)s - interval '5 hours' end
where id = (select id from webhook_endpoints where tenant_id = %(tenant)s order by url limit 1);

delete from webhook_deliveries d using webhook_endpoints e
where e.id = d.endpoint_id and e.tenant_id = %(tenant)s and e.status = %(status)s
  and d.at > %(now)s - interval '3 days';

insert into webhook_deliveries (endpoint_id, event, status_code, duration_ms, attempt, payload, at)
select e.id, 'invoice.paid', %(code)s, 40 + n, n, '{"event": "invoice.paid", "total_minor": 12000}',
       %(now)s - interval '7 hours' + make_interval(mins => 9 * n)
from webhook_endpoints e, generate_series(1, 12) n
where e.tenant_id = %(tenant)s and e.status = %(status)s;
