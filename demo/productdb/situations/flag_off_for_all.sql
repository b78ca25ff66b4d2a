-- The same feature, off for the whole tenant.
insert into flag_overrides
select md5(%(tenant)s::text)::uuid, 'bulk_approve', %(tenant)s, null, false, %(now)s - interval '20 days', null;
