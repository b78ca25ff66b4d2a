DROP TABLE audit_name;
DROP INDEX audit_event_outcome;
