DROP FUNCTION audit_drop_month(text, bigint);
DROP TRIGGER audit_hold_moves ON audit_legalhold;
DROP TRIGGER audit_no_delete ON audit_legalhold;
DROP FUNCTION audit_hold_moves();
DROP TRIGGER audit_hold_refuses ON audit_private_value;
DROP FUNCTION audit_hold_refuses();
DROP FUNCTION audit_held();
