DROP TABLE audit_event;
DROP SEQUENCE audit_event_seq;
DROP FUNCTION audit_make_partitions_ahead();
DROP FUNCTION audit_make_partition(date);
DROP FUNCTION audit_make_append_only(regclass);
DROP FUNCTION audit_require_event();
DROP FUNCTION audit_refuse_change();
