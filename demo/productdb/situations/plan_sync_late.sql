-- Paid for Enterprise 52 minutes ago; the sync that tells the app is late.
insert into sync_jobs (tenant_id, kind, status, stage, percent, attempts, error_text, queued_at, updated_at)
values (%(tenant)s, 'plan_sync', 'delayed', 'waiting for billing', 20, 2, 'The billing queue is behind',
        %(now)s - interval '51 minutes', %(now)s - interval '4 minutes');
