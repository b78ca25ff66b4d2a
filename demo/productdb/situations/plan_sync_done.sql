-- An upgrade that reached the app six minutes after it was paid.
update entitlements e set plan_code = s.plan_code, seats = s.seats, applied_at = s.changed_at + interval '6 minutes'
from subscriptions s where s.tenant_id = e.tenant_id and e.tenant_id = %(tenant)s;

insert into sync_jobs (tenant_id, kind, status, stage, percent, attempts, queued_at, updated_at, finished_at)
select tenant_id, 'plan_sync', 'done', 'finished', 100, 1, changed_at, changed_at + interval '6 minutes',
       changed_at + interval '6 minutes'
from subscriptions where tenant_id = %(tenant)s;
