DROP TABLE audit_seal_receipt, audit_seal_checkpoint, audit_seal_tile, audit_seal_leaf, audit_seal_log, audit_private_value;
ALTER TABLE audit_event DROP COLUMN commitments;
