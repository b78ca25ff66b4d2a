DROP TRIGGER grants_rule_decides ON grants_approval;
DROP FUNCTION grants_rule_decides();
DROP TRIGGER grants_glass_not_extended ON grants_accessrequest;
DROP FUNCTION grants_glass_not_extended();
DROP TRIGGER grants_glass_grant_fits ON grants_grant;
DROP FUNCTION grants_glass_grant_fits();
DROP TRIGGER grants_guard ON grants_breakglass;
DROP FUNCTION grants_glass_fits();
