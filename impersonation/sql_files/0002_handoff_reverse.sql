DROP TRIGGER impersonation_once ON impersonation_handle;
DROP TRIGGER impersonation_once ON impersonation_code;
DROP TRIGGER impersonation_once ON impersonation_actionrun;
DROP FUNCTION impersonation_once();
