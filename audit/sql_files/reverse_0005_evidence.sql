DROP TRIGGER audit_evidence_moves ON audit_evidencepack;
DROP TRIGGER audit_no_delete ON audit_evidencepack;
DROP TRIGGER audit_no_change ON audit_evidencepart;
DROP FUNCTION audit_evidence_moves();
