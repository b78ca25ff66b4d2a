-- A refund of the newest charge, promised within seven days.
insert into refunds
select md5(id::text || 'refund')::uuid, id, amount_minor, %(status)s, 'Charged twice',
       %(now)s - make_interval(days => %(days)s), %(now)s + make_interval(days => 7 - %(days)s),
       case when %(status)s <> 'pending' then %(now)s - make_interval(days => %(days)s - 3) end
from charges where tenant_id = %(tenant)s and status = 'succeeded' order by created_at desc limit 1;
