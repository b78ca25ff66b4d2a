DROP TRIGGER audit_leaf_is_next ON audit_seal_leaf;
DROP FUNCTION audit_leaf_is_next();
