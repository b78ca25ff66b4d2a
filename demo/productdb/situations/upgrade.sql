-- Billing moves to Enterprise and charges for it; nothing is said to the app.
update subscriptions s set plan_code = p.code, amount_minor = p.price_minor, seats = p.seats,
       changed_at = %(now)s - make_interval(mins => %(minutes)s),
       renews_at = %(now)s + interval '30 days' - make_interval(mins => %(minutes)s)
from plans p where p.code = 'enterprise' and s.tenant_id = %(tenant)s;

with made as (
    insert into billing_invoices
    select 'QF-UP-' || right(b.number, 6), b.id, 'P', s.amount_minor, s.currency, s.changed_at,
           (s.changed_at + interval '14 days')::date
    from billing_accounts b join subscriptions s using (tenant_id)
    where b.tenant_id = %(tenant)s and b.active_until is null returning *)
insert into charges
select md5(%(tenant)s::text || 'upgrade')::uuid, %(tenant)s, m.number, m.total_minor, m.currency, 'succeeded', null,
       c.card_brand, c.card_last4, m.issued_at + interval '1 minute', null
from made m,
     lateral (select * from charges where tenant_id = %(tenant)s order by created_at desc limit 1) c;
